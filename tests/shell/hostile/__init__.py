"""Plugins that do what no plugin should: each file is one, by the sin in its name. Only their own house is hurt."""
