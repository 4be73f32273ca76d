"""The usable tables of a project and the links between them."""
