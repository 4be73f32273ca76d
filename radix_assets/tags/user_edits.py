"""Record what a user changed in a tags file since the last inspection."""

from radix_assets.tags_file.diff import Change, changes, nested, settings_in
from radix_assets.tags_file.file import TagsFile
from radix_assets.tags_file.lines import key_text
from radix_assets.tags_file.schema import LISTS

EDITOR = "a user (file)"
"""Actor of changes made in an editor: Radix cannot know the name."""
_LISTED = tuple(f'["{name}"' for name in LISTS)


def record_edits(file: TagsFile) -> list[Change]:
    """Record and return the user's changes since the last inspection; the lines they edited are theirs from now on."""
    ledger = file.ledger
    lines = {key_text(key): (key, file.fingerprint(key)) for key in file.lines}
    for name, entry in list(ledger.written.items()):
        key, fingerprint = lines.get(name, ((), ""))
        if fingerprint in entry.fingerprints:
            ledger.settle(key, fingerprint)
        elif fingerprint or not name.startswith(_LISTED):
            # A relationship or a rule that a user removed stays in the ledger, so that it is not suggested again.
            del ledger.written[name]
    user_changes = [] if ledger.new else changes(ledger.content, settings_in(file))
    if user_changes:
        before, after = nested(user_changes)
        ledger.record("tag", EDITOR, f"{len(user_changes)} changes in {file.path.name}", before, after)
    if file.confirmed and not ledger.confirmed:
        ledger.confirm()
    ledger.confirmed = file.confirmed
    return user_changes
