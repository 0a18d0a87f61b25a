"""One module or folder a page of the window; pages do not know each other."""
