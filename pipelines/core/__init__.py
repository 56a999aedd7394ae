"""The floor every other package stands on: settings, schemas, dictionaries, files, history, text, names."""
