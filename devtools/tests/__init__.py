"""Tests of the parts of `./dev` that need no Odoo; `./dev test` runs them too."""
