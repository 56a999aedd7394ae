"""Figures against labelled data and against the sample's truth."""
