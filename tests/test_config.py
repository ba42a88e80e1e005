"""Settings: read once, refused all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Config, ConfigInvalid, env_name, setting_names


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "programme.yml").touch()


def _problems(**environ: str) -> list[str]:
    with pytest.raises(ConfigInvalid) as caught:
        Config.from_env(environ)
    return caught.value.problems


def test_an_empty_environment_is_a_working_installation(tmp_path: Path) -> None:
    config = Config.from_env({})
    assert config.database_url == f"sqlite:///{tmp_path}/var/privacy.sqlite3"
    assert (config.base_url, config.on_sqlite, config.rate_limit) == ("http://127.0.0.1:8000", True, 300_000)
    assert config.programme == Path("programme.yml")


def test_settings_are_read_and_what_follows_is_derived() -> None:
    config = Config.from_env({"PRIVACY_PORT": "9000", "PRIVACY_HOST": "::1", "PRIVACY_API_DOCS": "0"})
    assert (config.port, config.api_docs, config.base_url) == (9000, False, "http://[::1]:9000")


def test_another_port_moves_a_derived_address_and_leaves_a_chosen_one() -> None:
    assert Config.from_env({}).changed(port=9000).base_url == "http://127.0.0.1:9000"
    chosen = Config.from_env({"PRIVACY_BASE_URL": "https://privacy.example.com/"})
    assert chosen.changed(port=9000).base_url == "https://privacy.example.com"


def test_every_problem_is_named_at_once() -> None:
    problems = _problems(
        PRIVACY_PORT="eighty",
        PRIVACY_WORKERS="0",
        PRIVACY_LOG_LEVEL="LOUD",
        PRIVACY_DATABASE_URL="mysql://somewhere/else",
        PRIVACY_HOST="0.0.0.0",
        PRIVACY_DATABSE_URL="x",
        PRIVACY_SECURITY_CONTACT="security@example.com",
        PRIVACY_PROGRAMME="nowhere.yml",
        PRIVACY_METRICS="maybe",
    )
    assert len(problems) == 9
    assert all(any(word in problem for problem in problems) for word in ("PORT", "WORKERS", "Did you mean"))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"PRIVACY_LOG_ORIGIN": "two words"}, "PRIVACY_LOG_ORIGIN"),
        ({"PRIVACY_LOG_ORIGIN": "a+b"}, "PRIVACY_LOG_ORIGIN"),
        ({"PRIVACY_LOG_ORIGIN": "a" * 201}, "PRIVACY_LOG_ORIGIN"),
        ({"PRIVACY_WITNESSES": "w1 https://w1.example.org"}, "PRIVACY_WITNESSES"),
        ({"PRIVACY_WITNESSES": "w1+41fe7a23+BNIA"}, "PRIVACY_WITNESSES"),
        ({"PRIVACY_WITNESSES": "w1+41fe7a23+BNIA ftp://w1.example.org"}, "PRIVACY_WITNESSES"),
        ({"PRIVACY_WITNESSES_REQUIRED": "1"}, "PRIVACY_WITNESSES_REQUIRED"),
        ({"PRIVACY_WITNESSES_REQUIRED": "-1"}, "PRIVACY_WITNESSES_REQUIRED"),
    ],
)
def test_the_log_has_a_name_and_no_more_witnesses_are_required_than_there_are(
    settings: dict[str, str], named: str
) -> None:
    (problem,) = _problems(**settings)
    assert named in problem


@pytest.mark.parametrize("number", ["1_0", "+7", " 4 2", "٣", "0x10", "1e3", ""])
def test_numbers_are_strict(number: str) -> None:
    environ = {"PRIVACY_WORKERS": number}
    if not number:
        assert Config.from_env(environ).workers == 1
    else:
        assert _problems(**environ) == ["PRIVACY_WORKERS must be a whole number."]


def test_a_typing_error_is_refused_and_a_stranger_is_noted() -> None:
    assert _problems(PRIVACY_WORKER="2") == ["PRIVACY_WORKER is no setting. Did you mean PRIVACY_WORKERS?"]
    config = Config.from_env({"PRIVACY_KEY": "x", "PRIVACY_TEST_SIZE": "ci"})
    assert config.notes == ("PRIVACY_KEY is no setting and is not read.",)


@pytest.mark.parametrize(
    ("host", "base_url", "allowed"),
    [
        ("127.0.0.1", "", True),
        ("::1", "", True),
        ("localhost", "http://localhost:8000", True),
        ("0.0.0.0", "", False),
        ("0.0.0.0", "http://privacy.example.com", False),
        ("127.0.0.1", "http://privacy.example.com", False),
        ("0.0.0.0", "https://privacy.example.com", True),
        ("127.0.0.1", "https://privacy.example.com?x=1", False),
        ("127.0.0.1", "https://user:word@privacy.example.com", False),
        ("127.0.0.1", "ftp://privacy.example.com", False),
        ("127.0.0.1", "https://[broken", False),
    ],
)
def test_keys_never_cross_a_network_in_the_clear(host: str, base_url: str, allowed: bool) -> None:
    problems = Config.for_tests(host=host, base_url=base_url).problems()
    assert (problems == []) == allowed


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true"])
def test_a_database_that_forgets_is_refused(url: str) -> None:
    assert "in memory" in Config.for_tests(database_url=url).problems()[0]


def test_a_folder_that_anybody_may_write_is_refused_and_one_that_others_list_is_noted(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o777)
    config = Config.for_tests(data_dir=folder)
    with pytest.raises(ConfigInvalid, match="chmod 700"):
        config.verify()
    folder.chmod(0o755)
    config.verify()
    assert any("chmod 700" in warning for warning in config.warnings())
    folder.chmod(0o700)
    assert not any("chmod" in warning for warning in config.warnings())


def test_several_workers_on_sqlite_are_allowed_with_a_warning() -> None:
    config = Config.for_tests(workers=2)
    assert config.problems() == []
    assert any("PostgreSQL" in warning for warning in config.warnings())


def test_fewer_connections_than_threads_are_refused() -> None:
    assert "PRIVACY_POOL_SIZE" in Config.for_tests(threads=9, pool_size=8).problems()[0]


def test_the_password_of_the_database_never_shows() -> None:
    config = Config.for_tests(database_url="postgresql://privacy:secret-word@db/privacy")
    assert "secret-word" not in repr(config)
    wrong = Config.for_tests(database_url="mysql://privacy:secret-word@db/privacy")
    with pytest.raises(ConfigInvalid) as caught:
        wrong.verify()
    assert "secret-word" not in str(caught.value)


def test_names_of_settings_follow_from_the_fields() -> None:
    assert env_name("data_dir") in setting_names()
    assert "PRIVACY_NOTES" not in setting_names()
