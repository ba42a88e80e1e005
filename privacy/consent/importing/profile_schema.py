"""What a profile file must look like. Every mistake is told at once, by line, with its mend."""

from __future__ import annotations

import codecs
import re
import zoneinfo
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate

from privacy import clock
from privacy.consent.acts import Timing
from privacy.consent.importing.profile import (
    EVERY_MARKETING,
    ActRule,
    Condition,
    Format,
    Kind,
    Pair,
    Profile,
    Rule,
    Said,
    Token,
    Value,
    Wording,
)
from privacy.programme.types import ProofGrade, Setting
from privacy.yaml_document import OddNumber

_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_TIME_FORMS = ("iso", "unix", "unix_ms")
_SKEW = re.compile(r"PT(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?")
_DELIMITERS = (",", ";", "\t", "|")
_OPTIONS = ("purpose", "wording")
#: Encodings whose line ends and delimiters are those of ASCII.
_ENCODINGS = frozenset({"utf-8", "ascii", "cp1250", "cp1252", "cp852", "iso8859-1", "iso8859-2", "iso8859-15"})
_SOME_TIME = datetime(2024, 10, 23, 21, 47, 58, tzinfo=UTC)
_LONGEST = 300
_MOST = 200


class _Text(fields.Field[str]):
    """A text; a whole number or a truth value is taken as it is written."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:  # noqa: ARG002
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, OddNumber):
            raise ValidationError("Put it in quotes.")
        if not isinstance(value, str | int) or len(str(value)) > _LONGEST:
            raise ValidationError(f"A text of at most {_LONGEST} characters is needed.")
        return str(value)


class _Words(_Text):
    """One text or a list of them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        given = value if isinstance(value, list) else [value]
        if not given or len(given) > _MOST:
            raise ValidationError("A text or a list of texts is needed.")
        return tuple(super(_Words, self)._deserialize(each, attr, data, **kwargs) for each in given)


class _ValueField(fields.Field[Value]):
    """A text; `$option`; or a column with what its words mean."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Value:
        if isinstance(value, dict):
            loaded: Value = _ColumnSchema().load(value)
            return loaded
        text = _Text()._deserialize(value, attr, data, **kwargs)
        if text.startswith("$"):
            if text[1:] not in _OPTIONS:
                raise ValidationError(f"The options are: {', '.join('$' + name for name in _OPTIONS)}.")
            return Value(option=text[1:])
        return Value(text=text)


class _ColumnSchema(Schema):
    """`{from: column, words: {theirs: ours}, otherwise: ours}`."""

    class Meta:
        """Unknown keys are mistakes."""

        unknown = RAISE

    column = _Text(required=True, data_key="from")
    words = fields.Dict(keys=_Text(), values=_Text(), load_default=None)
    otherwise = _Text(load_default=None)

    @post_load
    def _made(self, data: Mapping[str, Any], **_: Any) -> Value:
        words = data["words"]
        return Value(
            column=data["column"],
            words=None if words is None else {theirs.strip().casefold(): ours for theirs, ours in words.items()},
            otherwise=data["otherwise"],
        )


class _WhenField(fields.Field[tuple[Condition, ...]]):
    """`{column: yes | no | empty | filled | text | [several]}`; the column `value` is that of `each`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[Condition, ...]:
        if not isinstance(value, dict):
            raise ValidationError("A mapping of columns to what they must hold is needed.")
        found = []
        for column, meant in value.items():
            texts = _Words()._deserialize(meant, attr, data, **kwargs)
            tokens = frozenset(Token(text) for text in texts if text in Token.__members__.values())
            literal = frozenset(text.casefold() for text in texts if text not in Token.__members__.values())
            found.append(Condition(None if column == "value" else column, tokens, literal))
        return tuple(found)


class _ActSchema(Schema):
    class Meta:
        """Unknown keys are mistakes."""

        unknown = RAISE

    when = _WhenField(load_default=())
    act = _ValueField(required=True)
    purpose = _ValueField(load_default=None)
    channel = _ValueField(load_default=None)
    at = _Words(load_default=())

    @post_load
    def _made(self, data: Mapping[str, Any], **_: Any) -> ActRule:
        _require_sayings(data["act"])
        return ActRule(**data)


def _require_sayings(act: Value) -> None:
    texts = [text for text in (act.text, act.otherwise, *(act.words or {}).values()) if text is not None]
    unknown = [text for text in texts if text not in Said.__members__.values()]
    if unknown or act.option is not None or (act.column is not None and act.words is None):
        raise ValidationError({"act": [f"Name one of: {', '.join(Said)}; of a column with `words`."]})


class _RuleSchema(Schema):
    class Meta:
        """Unknown keys are mistakes."""

        unknown = RAISE

    each = fields.Dict(keys=_Text(), values=fields.Dict(keys=_Text(), values=_ValueField()), load_default=None)
    acts = fields.List(fields.Nested(_ActSchema), required=True, validate=validate.Length(1, _MOST))

    @post_load
    def _made(self, data: Mapping[str, Any], **_: Any) -> Rule:
        pairs = []
        for column, pair in (data["each"] or {}).items():
            if "purpose" not in pair or set(pair) - {"purpose", "channel"}:
                raise ValidationError({"each": {column: ["Write { purpose: ..., channel: ... }."]}})
            pairs.append(Pair(column, pair["purpose"], pair.get("channel")))
        for number, act in enumerate(data["acts"]):
            _require_pair(act, number, each=bool(pairs))
        return Rule(tuple(data["acts"]), tuple(pairs))


def _require_pair(act: ActRule, number: int, *, each: bool) -> None:
    event = act.act.text is not None and Said(act.act.text).is_event
    if not event and not each and act.purpose is None:
        raise ValidationError({"acts": {number: {"purpose": [f"Name a purpose, $purpose or {EVERY_MARKETING}."]}}})
    if not each and any(condition.column is None for condition in act.when):
        raise ValidationError({"acts": {number: {"when": ["`value` is the column of `each`; here there is none."]}}})
    every = act.purpose is not None and act.purpose.text == EVERY_MARKETING
    if every and act.act.text not in {Said.REFUSE, Said.WITHDRAW, Said.OBJECT}:
        raise ValidationError({"acts": {number: {"purpose": ["Only a no may be about every marketing purpose."]}}})


class _FileSchema(Schema):
    class Meta:
        """Unknown keys are mistakes."""

        unknown = RAISE

    kind = _Text(required=True, validate=validate.Regexp(_CODE))
    column = _Text(load_default=None)
    identifiers = fields.Dict(
        keys=_Text(validate=validate.Regexp(_CODE)), values=_Text(), load_default=None, validate=validate.Length(1, 12)
    )
    rules = fields.List(fields.Nested(_RuleSchema), required=True, validate=validate.Length(1, _MOST))

    @post_load
    def _made(self, data: Mapping[str, Any], **_: Any) -> Kind:
        return Kind(tuple(data["rules"]), data["kind"], data["column"], data["identifiers"])


class _WordingSchema(Schema):
    class Meta:
        """Unknown keys are mistakes."""

        unknown = RAISE

    code = _ValueField(required=True)
    version = _ValueField(load_default=None)
    locale = _ValueField(load_default=None)

    @post_load
    def _made(self, data: Mapping[str, Any], **_: Any) -> Wording:
        return Wording(**data)


class _ClockSchema(Schema):
    class Meta:
        """Unknown keys are mistakes."""

        unknown = RAISE

    skew = _Text(required=True)

    @post_load
    def _made(self, data: Mapping[str, Any], **_: Any) -> Timing:
        match = _SKEW.fullmatch(data["skew"])
        if match is None or data["skew"] == "PT":
            raise ValidationError({"skew": ["Write it as PT5M or PT30S."]})
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return Timing(skew=(hours * 3600 + minutes * 60 + seconds) * clock.SECOND)


def _of(*allowed: str) -> validate.Validator:
    return validate.OneOf(allowed, error=f"Name one of: {', '.join(allowed)}.")


class _ProfileSchema(Schema):
    class Meta:
        """Unknown keys are mistakes."""

        unknown = RAISE

    profile = _Text(required=True, validate=validate.Regexp(_CODE, error="Lower case letters, digits, - and _."))
    also = _Words(load_default=())
    title = _Text(required=True)
    described_at = _Words(load_default=None)
    system = _Text(load_default=None, validate=validate.Regexp(_CODE, error="Lower case letters, digits, - and _."))
    format = _Text(required=True, validate=_of(*Format))
    encoding = _Text(load_default="utf-8")
    delimiter = _Text(load_default="auto", validate=_of("auto", *_DELIMITERS))
    zone = _Text(load_default=None)
    clock = fields.Nested(_ClockSchema, load_default=Timing)
    times = _Words(load_default=("iso",))
    yes = _Words(load_default=())
    no = _Words(load_default=())
    empty = _Words(load_default=())
    options = fields.Dict(keys=_Text(validate=_of(*_OPTIONS)), values=_Text(allow_none=True), load_default=dict)
    identifiers = fields.Dict(
        keys=_Text(validate=validate.Regexp(_CODE)), values=_Text(), required=True, validate=validate.Length(1, 12)
    )
    optional = _Words(load_default=())
    born = _Text(load_default=None)
    proof = _ValueField(required=True)
    point = _ValueField(load_default=None)
    method = _Text(load_default="import", validate=validate.Regexp(_CODE))
    setting = _ValueField(load_default=None)
    wording = fields.Nested(_WordingSchema, load_default=None)
    rules = fields.List(fields.Nested(_RuleSchema), load_default=None, validate=validate.Length(1, _MOST))
    files = fields.List(fields.Nested(_FileSchema), load_default=None, validate=validate.Length(1, 20))

    @post_load
    def _made(self, data: Mapping[str, Any], **_: Any) -> Profile:
        _require_sensible(data)
        kinds = tuple(data["files"]) if data["files"] is not None else (Kind(tuple(data["rules"])),)
        profile = Profile(
            name=data["profile"],
            also=data["also"],
            title=data["title"],
            described_at=" ".join(data["described_at"]) if data["described_at"] else None,
            system=data["system"] or data["profile"],
            format=Format(data["format"]),
            encoding=data["encoding"].lower(),
            delimiter=None if data["delimiter"] == "auto" else data["delimiter"],
            zone=data["zone"],
            timing=data["clock"],
            times=data["times"],
            yes=_folded(data["yes"]),
            no=_folded(data["no"]),
            empty=_folded(data["empty"]),
            options=data["options"],
            identifiers=data["identifiers"],
            optional=frozenset(data["optional"]),
            born=data["born"],
            proof=data["proof"],
            point=data["point"],
            method=data["method"],
            setting=data["setting"],
            wording=data["wording"],
            kinds=kinds,
        )
        _require_options(profile)
        _require_optional(profile)
        return profile


SCHEMA = _ProfileSchema()


def _folded(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word.strip().casefold() for word in words)


def _require_sensible(data: Mapping[str, Any]) -> None:
    """What several fields say together."""
    wrong: dict[str, list[str]] = {}
    if (data["rules"] is None) == (data["files"] is None):
        wrong["rules"] = ["Give either `rules`, or `files` with rules for each kind of file."]
    if not _encoding_fits(data["encoding"]):
        wrong["encoding"] = [f"Name one of: {', '.join(sorted(_ENCODINGS))}. UTF-16 is known by its byte order mark."]
    if data["zone"] is not None and data["zone"] not in zoneinfo.available_timezones():
        wrong["zone"] = ["Name a zone of the tz database, such as Europe/Warsaw or UTC."]
    if unknown := [form for form in data["times"] if form not in _TIME_FORMS and not _tells_a_day(form)]:
        wrong["times"] = [f"{len(unknown)} unknown. Name {', '.join(_TIME_FORMS)} or a form such as %d.%m.%Y %H:%M."]
    if both := _folded(data["yes"]) & _folded(data["no"]):
        wrong["yes"] = [f"{len(both)} of these words also stand under `no`."]
    _require_words(wrong, "proof", data["proof"], tuple(ProofGrade))
    _require_words(wrong, "setting", data["setting"], tuple(Setting))
    point: Value | None = data["point"]
    if point is not None and point.column is not None and point.words is None:
        wrong["point"] = ["Give the words that it may be: nothing else of the column is taken."]
    if wrong:
        raise ValidationError(wrong)


def _tells_a_day(form: str) -> bool:
    """Whether a form of `strptime` is one, and reads back at least the day of what it writes."""
    try:
        return datetime.strptime(_SOME_TIME.strftime(form), form).date() == _SOME_TIME.date()  # noqa: DTZ007  # only its day
    except (ValueError, re.error):
        return False


def _require_words(wrong: dict[str, list[str]], name: str, value: Value | None, allowed: tuple[str, ...]) -> None:
    if value is None:
        return
    texts = [text for text in (value.text, value.otherwise, *(value.words or {}).values()) if text is not None]
    if value.column is not None and (value.words is None or value.otherwise is None):
        wrong[name] = ["Give `words` and `otherwise`: every row needs one."]
    elif value.option is not None or any(text not in allowed for text in texts):
        wrong[name] = [f"Name one of: {', '.join(allowed)}."]


def _encoding_fits(name: str) -> bool:
    try:
        return codecs.lookup(name).name in _ENCODINGS
    except LookupError:
        return False


def _require_options(profile: Profile) -> None:
    """An option that no rule uses, or one that is used and not declared, is a mistake."""
    values: list[Value | None] = [profile.wording.code, profile.wording.version] if profile.wording else []
    for kind in profile.kinds:
        for rule in kind.rules:
            values += [value for pair in rule.each for value in (pair.purpose, pair.channel)]
            values += [value for act in rule.acts for value in (act.purpose, act.channel)]
    used = {value.option for value in values if value is not None and value.option is not None}
    if missing := used - set(profile.options):
        raise ValidationError({"options": [f"Declare {', '.join(sorted(missing))} here: null, or its default."]})
    if unused := set(profile.options) - used:
        raise ValidationError({"options": [f"Nothing uses {', '.join('$' + name for name in sorted(unused))}."]})


def _require_optional(profile: Profile) -> None:
    """A column that nothing reads cannot be lacking."""
    read = {column for kind in profile.kinds for column in profile.columns_of(kind)}
    if unknown := profile.optional - read:
        raise ValidationError({"optional": [f"Nothing reads {len(unknown)} of these columns."]})
