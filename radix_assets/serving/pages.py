"""HTML pages of an endpoint, without scripts and external resources."""

import json
import shlex
from html import escape
from typing import Any

HTML_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.2rem; }
p.sub { color: #57606a; margin-top: .2rem; }
pre { background: #f4f5f7; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; border-radius: 6px; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .35rem .8rem .35rem 0;
border-bottom: 1px solid #d8dee4; vertical-align: top; }
code, pre { font-family: ui-monospace, monospace; font-size: 14px; }
@media (prefers-color-scheme: dark) { body { background: #0d1117; color: #e6edf3; } pre { background: #161b22; }
td, th { border-color: #30363d; } a { color: #58a6ff; } p.sub { color: #8b949e; } }
"""


def front_page(api: dict[str, Any], example: str, address: str) -> str:
    """Return the front page. `example` is JSON, `address` the address by which the reader opened the page."""
    call = f"curl -s {shlex.quote(address + '/predict')} -H 'Content-Type: application/json' -d {shlex.quote(example)}"
    links = [
        ("/docs", "columns and answers"),
        ("/openapi.json", "OpenAPI description"),
        ("/example", "example request"),
        ("/metrics", "counts and latencies"),
        ("/ready", "readiness check"),
        ("/health", "health check"),
    ]
    rows = "".join(f'<tr><td><a href="{path}">{path}</a></td><td>{text}</td></tr>' for path, text in links)
    return _page(api, f"<h2>Try it</h2><pre>{escape(call)}</pre><h2>More</h2><table>{rows}</table>")


def docs_page(api: dict[str, Any]) -> str:
    """Return the OpenAPI description as a readable page."""
    body = api["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    row = body["schema"]["oneOf"][0]
    columns = "".join(
        f"<tr><td><code>{escape(json.dumps(name, ensure_ascii=False))}</code></td>"
        f"<td>{escape(schema.get('description', ''))}</td>"
        f"<td>{'required; null if unknown' if name in row['required'] else 'optional'}</td></tr>"
        for name, schema in row["properties"].items()
    )
    example = escape(json.dumps(body["example"], indent=1, ensure_ascii=False))
    parts = [
        f"<h2>A row of the request</h2><table><tr><th>column</th><th>value</th><th></th></tr>{columns}</table>",
        f"<h2>An example</h2><pre>{example}</pre>",
    ]
    answers = api["paths"]["/predict"]["post"]["responses"].items()
    parts.append(_table("Answers of POST /predict", [(status, answer["description"]) for status, answer in answers]))
    others = [(path, methods["get"]["summary"]) for path, methods in api["paths"].items() if "get" in methods]
    parts.append(_table("Other paths (GET)", [*others, ("/openapi.json", "OpenAPI description")]))
    return _page(api, "".join(parts))


def _table(title: str, lines: list[tuple[str, str]]) -> str:
    rows = "".join(f"<tr><td><code>{escape(name)}</code></td><td>{escape(text)}</td></tr>" for name, text in lines)
    return f"<h2>{escape(title)}</h2><table>{rows}</table>"


def _page(api: dict[str, Any], content: str) -> str:
    info = api["info"]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(info["title"])}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f'<h1>{escape(info["title"])}</h1><p class="sub">{escape(info.get("summary", ""))} '
        f"Version {escape(info['version'])}.</p>{content}</body></html>"
    )
