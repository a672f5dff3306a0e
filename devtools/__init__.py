"""Parts of the `./dev` command: get Odoo, PostgreSQL and a browser, and run them.

Everything here is plain standard-library Python, run by whichever Python 3.10 or
newer starts `./dev`. Only `devtools/inside/` runs inside Odoo's shell.
"""
