"""Isolation by system calls: one module a layer, `layers` puts them on in order and fails closed."""
