"""A fault leaves kind, place and route in the service's log, and nothing of what was worked on."""

from types import SimpleNamespace

from pakkeforlop.web.fault_log import tell


def test_one_line_without_data(capsys):
    request = SimpleNamespace(resolver_match=SimpleNamespace(view_name="patient"), path="/patient/secret/")
    try:
        int("01017012345 er ikke et tall")
    except ValueError:
        tell(request=request)
    said = capsys.readouterr().err
    assert "fault ValueError at test_fault_log.py:" in said
    assert said.endswith("in patient\n")
    assert "0101" not in said
    assert "secret" not in said
