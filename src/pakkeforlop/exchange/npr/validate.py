"""A message against the schemas of its version, as a stream: our own ones, or the official ones that replace them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from pakkeforlop.exchange.npr.safe_xml import message_stream
from pakkeforlop.exchange.npr.versions import Version
from pakkeforlop.vocabulary.errors import DefinitionFault

SHOWN_AT_MOST = 20
SMALL = 8 << 20
SAFE: dict[str, Any] = {
    "no_network": True, "load_dtd": False, "resolve_entities": False, "huge_tree": False, "remove_comments": True,
    "remove_pis": True,
}  # fmt: skip
XMLDSIG = "http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd"


@dataclass(frozen=True)
class SchemaFault:
    """Where a message leaves its schema, in the words of the validator."""

    line: int
    text: str


def schema_faults(path: Path, version: Version, module: str) -> list[SchemaFault]:
    """What the schemas say of a message; empty when it follows them. Read it safely first (`safe_xml.parse`)."""
    schema = _schema(version.schemas(module))
    with message_stream(path) as stream:
        reader = etree.iterparse(stream, events=("end",), schema=schema, **SAFE)
        try:
            for _, element in reader:
                _forget(element)
        except etree.XMLSyntaxError as error:
            told = [SchemaFault(one.line, one.message) for one in reader.error_log]
            told = told or [SchemaFault(error.lineno or 0, str(error.msg))]
            return (_with_lines(path, schema, version, module) or told)[:SHOWN_AT_MOST]
    return []


def _with_lines(path: Path, schema: Any, version: Version, module: str) -> list[SchemaFault]:
    """The same again with lines, which validating a stream does not know: of the patients first, else of the whole
    message where it is small enough. Empty when neither can tell.
    """
    names = [f"{{{version.namespace(module)}}}{version.element(word)}" for word in ("patient_holder", "person")]
    found: list[SchemaFault] = []
    with message_stream(path) as stream:
        for _, element in etree.iterparse(stream, events=("end",), tag=names, **SAFE):
            if not schema.validate(element):
                found += [SchemaFault(one.line, one.message) for one in schema.error_log]
            _forget(element)
            if len(found) >= SHOWN_AT_MOST:
                return found
    if found:
        return found
    with message_stream(path) as stream:
        text = stream.read(SMALL + 1)
    if len(text) > SMALL:
        return []
    schema.validate(etree.fromstring(text, etree.XMLParser(**SAFE)).getroottree())
    return [SchemaFault(one.line, one.message) for one in schema.error_log]


def _forget(element: Any) -> None:
    """Let go of an element that is done with, and of those before it."""
    element.clear(keep_tail=False)
    while element.getprevious() is not None:
        del element.getparent()[0]


@cache
def _schema(schemas: Sequence[tuple[str, Path]]) -> Any:
    """One schema of several namespaces. DefinitionFault when one of them cannot be used."""
    imports = "".join(
        f"<xs:import namespace={quoteattr(namespace)} schemaLocation={quoteattr(path.resolve().as_uri())}/>"
        for namespace, path in schemas
    )
    driver = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    parser = etree.XMLParser(no_network=True, resolve_entities=True, load_dtd=False)
    parser.resolvers.add(_Beside(schemas[0][1].parent))
    try:
        return etree.XMLSchema(etree.fromstring(driver, parser))
    except etree.LxmlError as error:
        raise DefinitionFault("settings_unreadable", file=str(schemas[-1][1]), detail=str(error)[:300]) from error


class _Beside(etree.Resolver):  # type: ignore[misc]
    """The official envelope names the signature schema by its address; it is taken from the folder, never fetched."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:
        """The local copy of the signature schema."""
        del public_id
        if system_url == XMLDSIG:
            return self.resolve_filename(str(self._folder / "xmldsig-core-schema.xsd"), context)
        return None
