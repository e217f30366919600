//! Why a name cannot be used, as a clause that follows it.

pub(super) const NOT_THERE: &str = "there is no such file, and whether one is to be created cannot be told: write its path alone on the \
                         line before";
pub(super) const SEVERAL: &str =
    "a line with several names does not say which file comes: write the path of one alone on the line before";
pub(super) const PREFIX: &str = "there is no such file, and whether its first folder is one or the prefix of a diff cannot be told: write \
                      the path without it, or with './' before it";
pub(super) const STRUCK: &str =
    "it is struck out: write the path of the file that is meant, alone on the line before";
pub(super) const NARROW: &str = "there is no such file, and whether its punctuation is a part of the name cannot be told: write the path \
                      alone, without anything around it";
