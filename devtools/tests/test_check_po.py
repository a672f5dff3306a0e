"""A translation must be whole."""

from devtools.check_po import check, has_words

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def write(folder, name, text):
    path = folder / name
    path.write_text(HEADER + text)
    return path


def test_whole(tmp_path):
    write(tmp_path, "m.pot", 'msgid "Case"\nmsgstr ""\n')
    assert check(write(tmp_path, "zh_CN.po", 'msgid "Case"\nmsgstr "案件"\n')) == []


def test_lacking(tmp_path):
    write(tmp_path, "m.pot", 'msgid "Case"\nmsgstr ""\n\nmsgid "Tier"\nmsgstr ""\n')
    text = '#, fuzzy\nmsgid "Case"\nmsgstr "案件"\n\nmsgid "List"\nmsgstr ""\n'
    assert check(write(tmp_path, "zh_CN.po", text)) == [
        "not translated: 'List'",
        "fuzzy: 'Case'",
        "missing: 'Tier'",
    ]


def test_words():
    for text in ("Case", "a %(day)s", "<b>Overdue</b>", "'%s' and more"):
        assert has_words(text), text
    for text in (
        "律师函 {number}",
        "SHA-256",
        "360",
        '<span class="page"/> / <b/>',
        "%(start)s –",
        "'%s' % (object.display_name)",
        "object._get_file_name('pdf')[:-4]",
        "____",
    ):
        assert not has_words(text), text
