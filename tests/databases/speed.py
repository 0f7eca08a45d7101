"""Times PostgreSQL to rolecall to PostgreSQL, as the guide shows it; `run` starts the server."""

import subprocess
import sys
import time

COLUMNS = """predicted_role text, confidence real, decision text, p_product_owner real, p_product_manager real,
p_technical_project_manager real, p_other real, second_role text, other_job text, title_role text, title_level text,
experience_years text, language text, notes text"""
SENT = r"\copy sent to stdout with (format csv, header)"
RECEIVED = r"\copy verdicts from stdin with (format csv, header)"


def psql(script):
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1"], input=script, text=True, check=True)


def shell(what, command, rows):
    start = time.perf_counter()
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], check=True)
    seconds = time.perf_counter() - start
    print(f"| {what} | {seconds:.2f} | {rows / seconds:,.0f} |")


def main():
    program, path, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
    start = "set client_min_messages to warning; drop table if exists sent, verdicts, once; create table once (id text, title text, company text, location text, description text, role text);"
    psql(f"{start}\n\\copy once from '{path}' with (format csv, header)\n")
    psql(
        f"""create table sent as select row_number() over () as id, title, description
        from once, generate_series(1, (select {rows} / count(*) + 1 from once)) limit {rows};
        create table verdicts (id bigint, title text, description text, {COLUMNS});"""
    )
    print("| PostgreSQL | seconds | rows a second |\n|---|--:|--:|")
    shell("the table read", f"psql -qXc '{SENT}' > /dev/null", rows)
    judged = f"psql -qXc '{SENT}' | {program} classify - -q --no-evidence"
    shell("the table read and judged", f"{judged} > /dev/null", rows)
    shell("the table read and judged, verdicts in a table", f"{judged} | psql -qXc '{RECEIVED}'", rows)


if __name__ == "__main__":
    main()
