"""The log: the doors that other rooms use. Events in, evidence out."""

from __future__ import annotations

from privacy.audit.about import Deed, Told, actions_about, events_about, last_done, told_of
from privacy.audit.anchor import Anchor
from privacy.audit.appending import NewLeaf
from privacy.audit.audited import AuditedRows, each
from privacy.audit.checkpoint import Checkpoint
from privacy.audit.container import entry, listed, readable, zipped
from privacy.audit.deletion import BODIES_DELETED, LOG_RESTORED, bodies_about, delete_bodies
from privacy.audit.documents import Place, place_of, proven_json, proven_pdf
from privacy.audit.entries import MOST_ON_A_PAGE, Directory, Principal, Reader
from privacy.audit.evidence import checkpoint_facts, consistency_proof, event_at, inclusion_proof
from privacy.audit.failures import (
    BodyKept,
    CheckpointNotFound,
    EventNotFound,
    LogBroken,
    LogNotOpened,
    NotOurStatement,
    NotPublishedYet,
)
from privacy.audit.journalled import (
    LogState,
    SequencedLeaf,
    event_of_leaf,
    leaves_before,
    log_state,
    sequenced_at,
    sequenced_leaves,
    sizes,
)
from privacy.audit.keys import LogKey, endorse_newest, log_keys, next_key, open_log, origin
from privacy.audit.mentions import Mention, mentions_of
from privacy.audit.merkle import Frontier, leaf_hash
from privacy.audit.messages import delete_old_messages, record_message
from privacy.audit.newest import actions, checkpoint_sizes
from privacy.audit.note import Note, NoteInvalid
from privacy.audit.places import first_events, objects_waiting, places_of
from privacy.audit.policy import Policy
from privacy.audit.policy import install as install_policy
from privacy.audit.policy import installed as installed_policy
from privacy.audit.portions import bodies, leaves
from privacy.audit.presented import ensure_row_is_in, read_statement
from privacy.audit.proofs import (
    Published,
    checkpoint_of,
    consistency,
    endorsements,
    event_evidence,
    index_of,
    newest_checkpoint,
    published_size,
    wait_until_published,
)
from privacy.audit.reading import EventFilter, scan
from privacy.audit.recording import Work, actions_since, commitment, count_events, prepare, record
from privacy.audit.restoring import (
    Followed,
    begin_anew,
    declare_lost_bodies,
    ensure_root,
    log_size,
    newest_stored,
    old_log,
    readopt_checkpoint,
    readopt_keys,
    reappend,
)
from privacy.audit.self_check import SelfChecked, check_consistency, check_inclusion
from privacy.audit.sequencer import Sequencer, settle
from privacy.audit.sinks.failures import SinkUnreachable
from privacy.audit.sinks.forwarding import Forwarder
from privacy.audit.sinks.forwarding import is_current as sink_is_current
from privacy.audit.sinks.targets import Sink, SinkInvalid, sink_of
from privacy.audit.statements import Signer
from privacy.audit.stored import EventPlace, StoredLog, public_keys
from privacy.audit.tree import stored_edge
from privacy.audit.verify import (
    SKEW,
    Body,
    Finding,
    Leaf,
    TreeCheck,
    verify_anchor,
    verify_body,
    verify_cosignatures,
    verify_keys,
    verify_named_keys,
)
from privacy.audit.witnesses import Asking, is_published, is_witnessed

__all__ = [
    "BODIES_DELETED",
    "LOG_RESTORED",
    "MOST_ON_A_PAGE",
    "SKEW",
    "Anchor",
    "Asking",
    "AuditedRows",
    "Body",
    "BodyKept",
    "Checkpoint",
    "CheckpointNotFound",
    "Deed",
    "Directory",
    "EventFilter",
    "EventNotFound",
    "EventPlace",
    "Finding",
    "Followed",
    "Forwarder",
    "Frontier",
    "Leaf",
    "LogBroken",
    "LogKey",
    "LogNotOpened",
    "LogState",
    "Mention",
    "NewLeaf",
    "NotOurStatement",
    "NotPublishedYet",
    "Note",
    "NoteInvalid",
    "Place",
    "Policy",
    "Principal",
    "Published",
    "Reader",
    "SelfChecked",
    "SequencedLeaf",
    "Sequencer",
    "Signer",
    "Sink",
    "SinkInvalid",
    "SinkUnreachable",
    "StoredLog",
    "Told",
    "TreeCheck",
    "Work",
    "actions",
    "actions_about",
    "actions_since",
    "begin_anew",
    "bodies",
    "bodies_about",
    "check_consistency",
    "check_inclusion",
    "checkpoint_facts",
    "checkpoint_of",
    "checkpoint_sizes",
    "commitment",
    "consistency",
    "consistency_proof",
    "count_events",
    "declare_lost_bodies",
    "delete_bodies",
    "delete_old_messages",
    "each",
    "endorse_newest",
    "endorsements",
    "ensure_root",
    "ensure_row_is_in",
    "entry",
    "event_at",
    "event_evidence",
    "event_of_leaf",
    "events_about",
    "first_events",
    "inclusion_proof",
    "index_of",
    "install_policy",
    "installed_policy",
    "is_published",
    "is_witnessed",
    "last_done",
    "leaf_hash",
    "leaves",
    "leaves_before",
    "listed",
    "log_keys",
    "log_size",
    "log_state",
    "mentions_of",
    "newest_checkpoint",
    "newest_stored",
    "next_key",
    "objects_waiting",
    "old_log",
    "open_log",
    "origin",
    "place_of",
    "places_of",
    "prepare",
    "proven_json",
    "proven_pdf",
    "public_keys",
    "published_size",
    "read_statement",
    "readable",
    "readopt_checkpoint",
    "readopt_keys",
    "reappend",
    "record",
    "record_message",
    "scan",
    "sequenced_at",
    "sequenced_leaves",
    "settle",
    "sink_is_current",
    "sink_of",
    "sizes",
    "stored_edge",
    "told_of",
    "verify_anchor",
    "verify_body",
    "verify_cosignatures",
    "verify_keys",
    "verify_named_keys",
    "wait_until_published",
    "zipped",
]
