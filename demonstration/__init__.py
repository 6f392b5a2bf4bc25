"""A synthetic trial, typed through the services."""
