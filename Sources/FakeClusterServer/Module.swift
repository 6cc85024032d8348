// The module's first file; see CONTRIBUTING.md for the layout.
