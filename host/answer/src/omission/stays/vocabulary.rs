//! The words that say that something stays, in the languages that models answer in. In order, by their bytes.

/// That something is as it was, or is left out.
#[rustfmt::skip]
pub(super) const STAYING: [&str; 196] = [
    "abbreviated", "above", "alterações", "anterior", "asis", "avant", "aynı", "befintlig", "before", "below",
    "berubah", "bestaande", "bestehend", "bestehende", "bestehender", "beze", "bisher", "bisherige",
    "bisheriger", "bleiben", "bleibt", "brevity", "cambia", "cambian", "cambios", "collapsed", "contd",
    "continue", "continued", "continues", "cut", "còn", "değişiklik", "değişmedi", "ditto", "elided",
    "ennallaan", "esistente", "etc", "existant", "existante", "existente", "existentes", "existing", "folded",
    "gekürzt", "geri", "giữ", "gleich", "gleiche", "hetzelfde", "hidden", "idem", "identique", "igual",
    "iguales", "inalterado", "inchangé", "inchangée", "inchangés", "invariato", "istniejąca", "istniejący",
    "kalan", "keep", "kept", "lainnya", "leave", "left", "loput", "lại", "mesma", "mesmo", "mevcut", "misma",
    "mismo", "more", "muda", "mudam", "mudanças", "muu", "muut", "même", "nguyên", "oförändrad", "oförändrat",
    "omesso", "omis", "omit", "omitido", "omitted", "ongewijzigd", "original", "originally", "ostatní",
    "other", "others", "overige", "pozostała", "pozostałe", "pozostały", "previous", "previously", "prima",
    "redacted", "remainder", "remaining", "remains", "repeat", "repeated", "rest", "restant", "restante",
    "restantes", "reste", "resten", "restliche", "restlichen", "restlicher", "restliches", "resto", "reszta",
    "rimanente", "sama", "same", "samma", "samme", "shortened", "sisanya", "skipped", "snip", "snipped",
    "snippet", "stay", "stays", "stávající", "suite", "tetap", "trimmed", "truncated", "uendret", "uguale",
    "unchanged", "unmodified", "untouched", "unverändert", "unveränderter", "usw", "uændret", "vorhandene",
    "vorhandener", "vorher", "weggelassen", "wie", "zbytek", "zmian", "změn", "zuvor", "övrig", "övriga",
    "øvrig", "übrige", "übrigen", "übriger", "übriges", "đổi", "ίδιο", "αμετάβλητο", "υπόλοιπο", "υπόλοιπος",
    "далее", "змін", "изменений", "незмінно", "неизменно", "остальная", "остального", "остальное",
    "остальной", "остальные", "прежнее", "прежние", "прежний", "пропущено", "раньше", "решта", "решту",
    "существующий", "інший", "іншого", "יתר", "שאר", "باقي", "بقية", "बाकी", "शेष",
];

/// What code consists of.
#[rustfmt::skip]
pub(super) const OF_CODE: [&str; 85] = [
    "all", "archivo", "block", "blocks", "body", "calculation", "class", "classes", "code", "codes", "codice",
    "component", "components", "content", "contents", "código", "datei", "declaration", "declarations",
    "definition", "definitions", "entries", "everything", "fichier", "field", "fields", "file", "files",
    "fonctions", "funciones", "function", "functions", "funktionen", "handler", "handlers", "implementation",
    "implementations", "import", "imports", "items", "kod", "kode", "koden", "kodu", "koodi", "kódu",
    "lignes", "line", "lines", "logic", "líneas", "method", "methoden", "methods", "mã", "part", "parts",
    "phần", "props", "region", "route", "routes", "section", "sections", "statement", "statements", "step",
    "steps", "stuff", "style", "styles", "teil", "test", "tests", "things", "zeilen", "κώδικας", "код",
    "кода", "коду", "файл", "файла", "הקוד", "الكود", "कोड",
];

/// What joins words.
#[rustfmt::skip]
pub(super) const JOINING: [&str; 144] = [
    "a", "ab", "af", "again", "alone", "an", "and", "any", "are", "as", "at", "av", "be", "been", "bez", "by",
    "change", "changed", "changes", "ci", "come", "comme", "como", "da", "das", "de", "del", "dem", "den",
    "der", "des", "dessous", "dessus", "det", "değil", "di", "die", "do", "does", "don", "dos", "du", "e",
    "el", "en", "er", "est", "et", "exactly", "for", "from", "gli", "go", "goes", "has", "have", "here",
    "het", "hier", "i", "ici", "il", "in", "is", "ist", "it", "its", "jak", "just", "không", "kısım", "l",
    "la", "las", "le", "les", "like", "lo", "los", "mit", "must", "ne", "nicht", "no", "non", "not",
    "nothing", "o", "oben", "och", "of", "on", "once", "or", "os", "pas", "pass", "que", "repo", "sans", "se",
    "see", "sem", "should", "siehe", "sin", "sind", "so", "some", "sont", "still", "t", "that", "thay", "the",
    "there", "these", "this", "those", "tidak", "to", "todo", "und", "unten", "van", "voir", "vom", "von",
    "was", "were", "will", "with", "without", "would", "y", "your", "är", "без", "в", "же", "и", "как", "не",
    "то",
];

/// As [`STAYING`], where words have no blanks between them, or endings.
#[rustfmt::skip]
pub(super) const WIDE_STAYING: [&str; 36] = [
    "そのまま", "不变", "不變", "他の", "以下同", "保持", "其他", "其余", "其它", "其餘", "剩余", "剩餘", "原有", "同じ", "同上", "同前", "同様",
    "変更なし", "変更無し", "已有", "既存", "未变", "未改", "残り", "没有变化", "没有改动", "现有", "現有", "省略", "그대로", "기존", "나머지", "동일",
    "변경", "생략", "유지",
];

/// As [`OF_CODE`], likewise, and what says alone that nothing changed.
#[rustfmt::skip]
pub(super) const WIDE_OF_CODE: [&str; 13] = [
    "コード", "不变", "不變", "代码", "代碼", "処理", "変更", "程式", "部分", "변경", "부분", "없음", "코드",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_in_order_and_small() {
        for words in [STAYING.as_slice(), &OF_CODE, &JOINING] {
            assert!(words.is_sorted(), "{words:?}");
            assert!(words.iter().all(|word| *word == word.to_lowercase()), "{words:?}");
        }
    }
}
