"""How long a step takes, for scripts of `devtools/inside/`: it runs in Odoo."""

import time


class Timing(dict):
    """Seconds by name of step, and its queries by `NAME_queries`."""

    def __init__(self, env):
        super().__init__()
        self.env = env

    def take(self, name, function):
        """Note a step, its transaction committed; return what it returned."""
        self.env.invalidate_all()
        queries, start = self.env.cr.sql_log_count, time.monotonic()
        answer = function()
        self.env.flush_all()
        self.env.cr.commit()
        self[name] = time.monotonic() - start
        self[f"{name}_queries"] = self.env.cr.sql_log_count - queries
        return answer
