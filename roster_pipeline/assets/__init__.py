"""The assets, layer by layer, in the order in which data flows; each calls the layer below and reports counts."""
