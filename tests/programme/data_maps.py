"""Data maps for tests: two systems of the small programme, and a file as Fides keeps it."""

from __future__ import annotations

from tests.programme.documents import SMALL

#: A shop with orders that are kept for their claims, and a mailing service that knows the shop's customers by e-mail.
SYSTEMS = """\
systems:
  - {code: shop, names: {pl: Sklep}, connector: sql, controllers: [shop], data_sets: [shop], purposes: [orders]}
  - code: mails
    names: {pl: Wysyłka}
    connector: sql
    controllers: [shop]
    processor: host
    data_sets: [mails]
    on_erasure: null
"""
DATA_SETS = """\
data_sets:
  - fides_key: shop
    name: Shop
    collections:
      - name: customer
        fields:
          - name: id
            fides_meta: {primary_key: True}
          - name: email
            data_categories: [contact]
            fides_meta: {identity: email, data_type: string, length: 40}
            privacy: {on_erasure: null, same_person: true, corrected_as: email}
          - name: name
            data_categories: [user.name]
            fides_meta: {data_type: string, length: 10}
            privacy: {on_erasure: constant, constant: erased}
          - name: score
            data_categories: [user.derived]
            fides_meta: {data_type: integer}
            privacy: {on_erasure: null}
          - name: notes
            data_categories: [user]
            privacy: {on_erasure: mask, third_party: true}
      - name: orders
        description: Orders
        fides_meta: {erase_after: [shop.item]}
        privacy:
          on_erasure: keep
          keep: {rule: sale, counted_from: sold_on}
          restricted_field: blocked
          restricted_value: 1
          purposes: [orders]
        fields:
          - {name: id, fides_meta: {primary_key: true}}
          - name: customer_id
            fides_meta:
              references:
                - {dataset: shop, field: customer.id, direction: from}
          - {name: sold_on, data_categories: [contact]}
          - {name: blocked}
      - name: item
        data_categories: [contact]
        privacy: {on_erasure: delete_row}
        fields:
          - {name: id, fides_meta: {primary_key: true}}
          - name: order_id
            fides_meta: {references: [{dataset: shop, field: orders.id, direction: from}]}
      - name: build_log
        fides_meta: {skip_processing: true}
        fields: [{name: line}]
  - fides_key: mails
    collections:
      - name: reader
        fields:
          - {name: id, fides_meta: {primary_key: true}}
          - name: address
            data_categories: [user.contact.email]
            fides_meta: {references: [{dataset: shop, field: customer.email}]}
          - name: settings
            fields:
              - {name: language, data_categories: [user]}
              - {name: theme}
"""
DATA_MAP = SMALL + SYSTEMS + DATA_SETS


def data_map(*changes: tuple[str, str]) -> str:
    """The data map with pieces of its text replaced, each of them found exactly once."""
    text = DATA_MAP
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text


#: Every field that Fideslang has or had, in the ways in which files of Fides use them.
FIDES_FILE = """\
dataset:
  - fides_key: helpdesk_postgres
    organization_fides_key: default_organization
    tags: [support]
    name: Helpdesk
    description: ""
    meta: {owner: team-7, version: 1.5}
    data_categories: []
    data_qualifier: aggregated.anonymized.unlinked_pseudonymized.pseudonymized.identified
    retention: No retention or erasure policy
    third_country_transfers: [USA]
    joint_controller: null
    fidesctl_meta: {resource_id: "postgres://x", after: [crm_mongo]}
    collections:
      - name: public.agent
        description: null
        data_categories: [user]
        fields:
          - name: email
            data_categories: [user.contact.email]
            fidesops_meta: {identity: email, data_type: string}
          - name: id
            data_categories: [user.unique_id]
            fidesops_meta: {primary_key: True}
      - name: ticket
        fides_meta:
          after: [helpdesk_postgres.public.agent]
          erase_after: [helpdesk_postgres.message]
          skip_processing: False
          masking_strategy_override: {strategy: delete}
          partitioning: [{field: day, windows: [{start: "NOW() - 1", end: NOW()}]}]
        fields:
          - name: agent_id
            fides_meta:
              references: [{dataset: helpdesk_postgres, field: public.agent.id, direction: to}]
          - name: id
      - name: message
        fields:
          - name: phones
            fides_meta: {data_type: "string[]", return_all_elements: true, identity: phone_number}
          - name: author
            fides_meta: {data_type: object, redact: name}
            fields:
              - name: nick
                data_categories: [user.account.username]
                fides_meta:
                  length: 30
                  masking_strategy_override: {strategy: string_rewrite, configuration: {rewrite_value: gone}}
              - name: ip
                data_categories: [user.device.ip_address]
                fides_meta: {masking_strategy_override: {strategy: random_string_rewrite, configuration: {length: 7}}}
              - name: karma
                fides_meta: {read_only: true, custom_request_field: karma}
  - fides_key: crm_mongo
    collections:
      - name: person
        fields: [{name: loyalty, fides_meta: {identity: loyalty_id, references: [{dataset: elsewhere, field: a.b}]}}]
"""
