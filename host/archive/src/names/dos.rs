//! Code page 850, as far as it is letters: what tools on DOS and older Windows write in Western Europe.

/// The characters from 0x80 on; a blank stands for what is no letter.
const LETTERS: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å', // 0x80
    'É', 'æ', 'Æ', 'ô', 'ö', 'ò', 'û', 'ù', 'ÿ', 'Ö', 'Ü', 'ø', ' ', 'Ø', ' ', ' ', // 0x90
    'á', 'í', 'ó', 'ú', 'ñ', 'Ñ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', // 0xA0
    ' ', ' ', ' ', ' ', ' ', 'Á', 'Â', 'À', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', // 0xB0
    ' ', ' ', ' ', ' ', ' ', ' ', 'ã', 'Ã', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', // 0xC0
    'ð', 'Ð', 'Ê', 'Ë', 'È', ' ', 'Í', 'Î', 'Ï', ' ', ' ', ' ', ' ', ' ', 'Ì', ' ', // 0xD0
    'Ó', 'ß', 'Ô', 'Ò', 'õ', 'Õ', ' ', 'þ', 'Þ', 'Ú', 'Û', 'Ù', 'ý', 'Ý', ' ', ' ', // 0xE0
    ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', // 0xF0
];

/// The text, if every byte over 0x7F is a letter.
pub(super) fn decode(raw: &[u8]) -> Option<String> {
    let letter = |byte: u8| match byte {
        0..0x80 => Some(char::from(byte)),
        _ => LETTERS.get(usize::from(byte - 0x80)).copied().filter(|letter| *letter != ' '),
    };
    raw.iter().copied().map(letter).collect()
}

/// Whether there is a byte that is a letter here and, but for a few, none in windows-1252, where letters are from 0xC0 on.
pub(super) fn is_told_by(raw: &[u8]) -> bool {
    raw.iter().any(|byte| matches!(byte, 0x80..=0xA5))
}
