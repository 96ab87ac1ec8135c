"""Messages against schemas: the official envelope and common types (not shipped), and our own ones."""

from __future__ import annotations

import re
import shutil

import pytest
from lxml import etree

from pakkeforlop.exchange.npr.validate import schema_faults
from pakkeforlop.exchange.npr.versions import DATA, HEAD, Versions

FOLDER = "data/npr-message-schemas"
XMLDSIG = "http://www.w3.org/TR/xmldsig-core/xmldsig-core-schema.xsd"
MODULES = ("ord", "ide")


class Local(etree.Resolver):
    def __init__(self, folder):
        super().__init__()
        self.folder = folder

    def resolve(self, url, public_id, context):
        return self.resolve_filename(str(self.folder / "xmldsig-core-schema.xsd"), context) if url == XMLDSIG else None


def official(folder, *, with_module=None):
    """The official envelope, strict about its content only where our own module schema stands beside it."""
    imports = [(HEAD, folder / "MsgHead.xsd")]
    if with_module:
        imports.append((f"http://www.npr.no/xmlstds/58_0_1_{with_module}", DATA / "58_0_1" / f"{with_module}.xsd"))
    driver = "".join(f'<xs:import namespace="{ns}" schemaLocation="{path.as_uri()}"/>' for ns, path in imports)
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local(folder))
    text = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{driver}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(text, parser))


@pytest.mark.reference
@pytest.mark.parametrize("module", MODULES)
def test_the_envelope_is_valid_by_the_official_schema(written, reference, module):
    schema = official(reference / FOLDER, with_module=module)
    (path,) = written().glob(f"NPR_{module.upper()}*.xml")
    assert schema.validate(etree.parse(path)), schema.error_log


@pytest.mark.reference
def test_the_official_schema_refuses_an_organisation_without_ident(written, reference):
    """So that the test above can fail."""
    schema = official(reference / FOLDER, with_module="ord")
    (path,) = written().glob("NPR_ORD*.xml")
    tree = etree.parse(path)
    ident = tree.find(f".//{{{HEAD}}}Sender//{{{HEAD}}}Ident")
    ident.getparent().remove(ident)
    assert not schema.validate(tree)


@pytest.fixture
def answers(given, written, run):
    """What the receiver of tests and the register answer: about content, about a schema, about a message sent twice."""
    (given / "system.toml").write_text('[system]\nher = "98765"\n', encoding="utf-8")
    sent = written("--system", given / "system.toml")
    (data,) = sent.glob("NPR_ORD*.xml")
    broken = given / "broken.xml"
    broken.write_text(data.read_text(encoding="utf-8").replace('kodeverk="P"', 'kodeverk="p"', 1), encoding="utf-8")
    for name, path in (("errors", data), ("rejected", broken)):
        run("npr", "answer", path, "--out", given / name, "--at", "2025-03-04T08:00:00")
    shutil.copy(data, sent / "copy.xml")
    run("npr", "receive", sent, "--period", "2025-02", "--out", given / "month", "--at", "2025-03-04T08:00:00", "--no-report",
        "--no-xlsx", "--quiet", code=1)  # fmt: skip
    found = [*(given / "errors").glob("*.xml"), *(given / "rejected").glob("*.xml"), *(given / "month/answers").rglob("*.xml")]
    return etree.parse(data).findtext(f".//{{{HEAD}}}MsgId"), found


@pytest.mark.reference
def test_our_answers_are_valid_by_the_official_envelope(answers, reference):
    """With the reference to the message that they answer, from the register to the sender's own number and HER-id."""
    schema = official(reference / FOLDER, with_module="err")
    message_id, paths = answers
    assert sorted(path.name[:7] for path in paths) == ["NPR_ERR", "NPR_ERR", "NPR_VAL", "NPR_VAL"]
    for path in paths:
        tree = etree.parse(path)
        assert schema.validate(tree), schema.error_log
        about = tree.find(f".//{{{HEAD}}}ConversationRef")
        assert [(etree.QName(one).localname, one.text) for one in about] == [
            ("RefToParent", message_id), ("RefToConversation", message_id),
        ]  # fmt: skip
        ids = {role: [one.text for one in tree.iterfind(f".//{{{HEAD}}}{role}//{{{HEAD}}}Id")] for role in ("Sender", "Receiver")}
        assert ids["Receiver"] == ["983974724", "98765"]
        assert ids["Sender"] in (["85217"], ["121017"])
        assert tree.findtext(f".//{{{HEAD}}}Receiver//{{{HEAD}}}OrganisationName") == "Helse Bergen HF"


@pytest.mark.reference
def test_the_official_schema_refuses_half_a_reference(answers, reference):
    """So that the test above can fail: a conversation without its parent."""
    schema = official(reference / FOLDER, with_module="err")
    tree = etree.parse(answers[1][0])
    parent = tree.find(f".//{{{HEAD}}}RefToParent")
    parent.getparent().remove(parent)
    assert not schema.validate(tree)


@pytest.mark.reference
def test_common_types_are_those_of_the_official_schema(written, reference):
    """GUIDs and municipalities by NPR.xsd, and the attributes of Melding by the public module kpp."""
    (ord_path,) = written().glob("NPR_ORD*.xml")
    tree = etree.parse(ord_path)
    ns = "{http://www.npr.no/xmlstds/58_0_1_ord}"
    text = (reference / FOLDER / "NPR.xsd").read_text(encoding="utf-8")
    guid = re.search(r'name="guid".*?<pattern value="([^"]+)"', text, re.S).group(1)
    length = int(re.search(r'id="kommNr".*?maxLength value="(\d+)"', text, re.S).group(1))
    assert all(re.fullmatch(guid, one.get("pasientGUID")) for one in tree.iter(f"{ns}Objektholder"))
    assert {len(one.get("komNrHjem")) for one in tree.iter(f"{ns}Episode") if one.get("komNrHjem")} == {length}
    kpp = etree.parse(reference / FOLDER / "NPR(kpp).xsd")
    xs = "{http://www.w3.org/2001/XMLSchema}"
    (melding,) = [one for one in kpp.getroot().iter(f"{xs}element") if one.get("name") == "Melding"]
    known = {one.get("name"): one.get("use") == "required" for one in melding.iter(f"{xs}attribute")}
    given = set(tree.find(f".//{ns}Melding").keys())
    assert given <= set(known)
    assert {name for name, needed in known.items() if needed} <= given


@pytest.mark.reference
def test_the_head_of_melding_passes_the_public_module(written, reference, tmp_path):
    """Our attributes of Melding and Institusjon on the public cost module: valid there too."""
    (path,) = written().glob("NPR_ORD*.xml")
    ns, kpp = "http://www.npr.no/xmlstds/58_0_1_ord", "http://www.npr.no/xmlstds/58_0_1_kpp"
    ours = etree.parse(path).find(f".//{{{ns}}}Melding")
    made = etree.Element(f"{{{kpp}}}Melding", dict(ours.attrib))
    institution = etree.SubElement(made, f"{{{kpp}}}Institusjon", dict(ours.find(f"{{{ns}}}Institusjon").attrib))
    etree.SubElement(institution, f"{{{kpp}}}Objektholder", pasientNr="p1")
    schema = etree.XMLSchema(etree.parse(reference / FOLDER / "NPR(kpp).xsd"))
    assert schema.validate(made), schema.error_log


def test_our_own_schemas_say_what_they_are():
    for path in DATA.rglob("*.xsd"):
        assert "NOT THE OFFICIAL SCHEMA" in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('lopenr="1"', 'lopenr="one"'),
        ('versjon="58.0.1"', 'versjon="57.0.1"'),
        ('kodeverk="P"', 'kodeverk="p"'),
        ('startDatoTid="2025-01-08T00:00:00"', 'startDatoTid="08.01.2025"'),
        ("<Kontakt ", "<Contact "),
        ('pasientNr="p2" pasientGUID', 'pasientNr="p1" pasientGUID'),
        ("<MIGversion>v1.2", "<MIGversion>v1.1"),
        ('institusjonID="983974724" ', ""),
    ],
)
def test_what_leaves_the_schema_is_found(written, tmp_path, wrong, right):
    (path,) = written().glob("NPR_ORD*.xml")
    text = path.read_text(encoding="utf-8")
    version = Versions().named("58_0_1")
    assert schema_faults(path, version, "ord") == []
    assert wrong in text
    broken = tmp_path / "broken.xml"
    broken.write_text(text.replace(wrong, right, 1), encoding="utf-8")
    assert schema_faults(broken, version, "ord")


def test_the_next_version_is_a_folder_of_data(written, given, run, tree):
    """Another namespace, another name of an attribute, data of 2025 and later: written and read without new code."""
    own = given / "versions" / "59_0_1"
    shutil.copytree(DATA / "58_0_1", own)
    for path in own.iterdir():
        text = path.read_text(encoding="utf-8").replace("58_0_1", "59_0_1").replace("58.0.1", "59.0.1")
        path.write_text(text.replace("kodeVerdi", "kode"), encoding="utf-8")
    folder = written("--versions", given / "versions")
    (path,) = folder.glob("NPR_ORD*.xml")
    text = path.read_text(encoding="utf-8")
    assert 'xmlns="http://www.npr.no/xmlstds/59_0_1_ord"' in text
    assert 'kode="A01A"' in text
    run("npr", "read", path, "--out", given / "back", "--versions", given / "versions")
    assert "58_0_1" in run("npr", "read", path, "--out", given / "not", "--lang", "en", code=2)


def test_an_official_schema_drops_in(written, given, run):
    """`schema_folder` in a mapping: its schema judges in place of ours."""
    own = given / "versions" / "58_0_1"
    shutil.copytree(DATA / "58_0_1", own)
    (given / "official").mkdir()
    for path in own.glob("*.xsd"):
        path.rename(given / "official" / path.name)
    stricter = given / "official" / "ord.xsd"
    stricter.write_text(stricter.read_text(encoding="utf-8").replace('pattern value="[A-Z]"', 'pattern value="[T]"'))
    mapping = own / "mapping.toml"
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(f'schema_folder = "../../official"\n{text}', encoding="utf-8")
    written("--versions", given / "versions", code=12)
    assert not (given / "message").exists()
