"""The web application that serves one champion."""

import time
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from radix_assets.serving.pages import HTML_HEADERS, docs_page, front_page
from radix_assets.serving.predictor import PREDICTION, PROBABILITY, Predictor, failed, probabilities_of
from radix_assets.serving.request import MAX_BYTES, MAX_ROWS, Invalid, Reader, too_many
from radix_assets.serving.smoke import smoke
from radix_assets.serving.statistics import Statistics
from radix_resources.errors import RadixError

if TYPE_CHECKING:
    import polars as pl
    from fastapi import FastAPI


def build_app(predictor: Predictor, *, project: str, version: str) -> "FastAPI":
    """Return an ASGI application: POST /predict, GET /, /docs, /openapi.json, /example, /health, /ready, /metrics.

    The example is predicted first, so an application that exists can predict. `app.state.statistics` has the time of
    the last request. Raise ServingError RDX-SRV-006 if the example cannot be predicted.
    """
    from fastapi import FastAPI

    smoke(predictor)
    app = FastAPI(
        title=project,
        version=version,
        summary=f"Predicts {predictor.target} for rows of {predictor.table}.",
        docs_url=None,  # the library's pages load scripts from elsewhere
        redoc_url=None,
    )
    service = _Service(predictor, app)
    app.state.statistics = service.statistics
    app.add_api_route(
        "/predict",
        service.predict,
        methods=["POST"],
        summary="Predict one row, or up to 1,000",
        openapi_extra=_openapi(service.reader, service.example),
        response_class=Response,
    )
    for path, handler, summary in (
        ("/example", service.show_example, "Example request"),
        ("/health", service.health, "Health check: the process runs"),
        ("/ready", service.ready, "Readiness check: it can predict"),
        ("/metrics", service.metrics, "Counts and latencies since the start"),
    ):
        app.add_api_route(path, handler, summary=summary, response_class=Response)
    for path, page in (("/", service.front), ("/docs", service.docs)):
        app.add_api_route(path, page, include_in_schema=False, response_class=HTMLResponse)
    return app


class _Service:
    """The handlers. Monitoring calls /health, /ready and /metrics, so these do not keep an idle endpoint running."""

    def __init__(self, predictor: Predictor, app: "FastAPI") -> None:
        self.predictor = predictor
        self.app = app
        self.reader = Reader(predictor)
        self.statistics = Statistics()
        self.example = predictor.example
        self._who = {"project": app.title, "version": app.version}

    async def predict(self, request: Request) -> Response:
        began = time.perf_counter()
        body = await _body(request)
        status, content, rows = await run_in_threadpool(self._answer, body)
        self.statistics.note(status, time.perf_counter() - began, rows)
        return Response(_json(content), status, {"X-Radix-Version": self.app.version}, "application/json")

    def _answer(self, body: bytes | None) -> tuple[int, Any, int]:
        if body is None:
            return 413, {"errors": [too_many().attrs()]}, 0
        try:
            rows, many = self.reader.read(body)
            return 200, _content(*self.predictor.answer(rows), many=many), len(rows)
        except Invalid as invalid:
            return invalid.status, {"errors": [error.attrs() for error in invalid.errors]}, 0
        except RadixError as error:
            return 422 if error.code == "RDX-FEA-004" else 500, {"errors": [error.attrs()]}, 0
        except Exception as error:  # noqa: BLE001 the server would log its text, which may quote a value
            return 500, {"errors": [failed(f"{type(error).__name__} while answering").attrs()]}, 0

    async def show_example(self) -> Response:
        self.statistics.touch()
        return _json_response(self.example)

    async def health(self) -> Response:
        return _json_response({"healthy": True})

    async def ready(self) -> Response:
        return _json_response({"ready": True, **self._who})

    async def metrics(self) -> Response:
        return _json_response({**self._who, **self.statistics.summary()})

    async def front(self, request: Request) -> HTMLResponse:
        self.statistics.touch()
        address = str(request.base_url).rstrip("/")
        return HTMLResponse(front_page(self.app.openapi(), _json(self.example).decode(), address), headers=HTML_HEADERS)

    async def docs(self) -> HTMLResponse:
        self.statistics.touch()
        return HTMLResponse(docs_page(self.app.openapi()), headers=HTML_HEADERS)


def _json_response(content: Any) -> Response:
    return Response(_json(content), media_type="application/json")


async def _body(request: Request) -> bytes | None:
    """Return the body; None if it is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            return None
    return bytes(body)


def _content(answers: "pl.DataFrame", remarks: list[list[str]], *, many: bool) -> Any:
    """Return a list for a list and an object for an object, with probabilities by class and warnings."""
    chances = probabilities_of(answers)
    lines = []
    for row, remarked in zip(answers.iter_rows(named=True), remarks, strict=True):
        line = {name: value for name, value in row.items() if name not in chances}
        if chances:
            line["probabilities"] = {name.removeprefix(PROBABILITY): row[name] for name in chances}
        if remarked:
            line["warnings"] = remarked
        lines.append(line)
    return lines if many else lines[0]


def _json(content: Any) -> bytes:
    return to_json(content, inf_nan_mode="null")


def _openapi(reader: Reader, example: dict[str, Any]) -> dict[str, Any]:
    row = reader.schema()
    shown = from_json(_json(example))
    several = {"type": "array", "items": row, "maxItems": MAX_ROWS, "title": "Several rows"}
    answer = {
        "type": "object",
        "description": "The row's key, or its number if it has none; the prediction; for classes the probabilities; "
        "warnings if the model does not know a category.",
        "properties": {
            PREDICTION: {},
            "probabilities": {"type": "object", "additionalProperties": {"type": "number"}},
            "warnings": {"type": "array", "items": {"type": "string"}},
        },
        "required": [PREDICTION],
    }
    errors = {
        "type": "object",
        "properties": {"errors": {"type": "array", "items": {"type": "object", "required": ["code", "found"]}}},
    }
    texts = {"400": "Not JSON", "413": "Too large", "422": "Wrong columns or values", "500": "The prediction failed"}
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"oneOf": [row, several]}, "example": shown}},
        },
        "responses": {
            "200": {
                "description": "An object for an object, a list for a list, in the same order",
                "content": {
                    "application/json": {"schema": {"oneOf": [answer, {"type": "array", "items": answer}]}},
                },
            },
            **{
                status: {"description": text, "content": {"application/json": {"schema": errors}}}
                for status, text in texts.items()
            },
        },
    }
