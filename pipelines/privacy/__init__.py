"""What a person may ask of the platform, and what it does by itself: objections, extracts, deletion, retention, the PIA record."""
