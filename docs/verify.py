"""Verify an exported chain of seals: python3 verify.py seals.json [NUMBER SEAL]

NUMBER and SEAL are a link that you noted earlier, outside of Odoo."""
import hashlib
import json
import sys

rows = json.load(open(sys.argv[1], encoding="utf-8"))
previous, seals = "", {}
for number, row in enumerate(rows, 1):
    said = [row[name] for name in ("company", "number", "model", "res_id", "user", "date")]
    text = json.dumps([*said, previous, row["content"]], separators=(",", ":"))
    seal = hashlib.sha256(text.encode()).hexdigest()
    if (row["number"], row["previous"], row["seal"]) != (number, previous, seal):
        sys.exit(f"BROKEN at seal {number}: {row['model']} {row['res_id']}")
    previous = seals[str(number)] = seal
if len(sys.argv) == 4 and seals.get(sys.argv[2]) != sys.argv[3]:
    sys.exit(f"BROKEN: seal {sys.argv[2]} is not the one you noted")
print(f"OK: {len(rows)} seals fit, the last one is {previous}")
