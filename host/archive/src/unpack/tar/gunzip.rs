//! The gzip stream around a tar file, read to its very end.
//!
//! A tar file ends before its stream does, and the check sum of the stream comes last: whoever stops at the end of the
//! files has read contents that nobody vouched for. So what is wrong with the stream is noted here, whatever its reader
//! makes of the error, and the caller reads on behind the files until the stream has said that it was whole.
//!
//! The reader of tar files takes into memory what an archive says ahead of an entry, a long name for one, whatever the
//! size of that. How much may be read until the next entry is there is bounded here as well.

use flate2::bufread::GzDecoder;
use std::{
    cell::{Cell, RefCell},
    io::{self, BufRead, BufReader, ErrorKind, Read},
    rc::Rc,
};

/// Most members of a stream. Tools that pack in parallel make one for every 64 KiB, others a single one.
const MEMBERS_MAX: usize = 1 << 16;
/// Bytes of the beginning that are kept, to say what a stream holds that is no tar file.
const BEGINNING: usize = 512;

/// What is wrong with a stream.
#[derive(Debug)]
pub(super) enum Fault {
    /// It unpacks to more than it may.
    Full,
    /// An entry did not come for too long.
    Ahead,
    /// It is damaged or cut off.
    Damaged(String),
}

/// What is known of a stream that somebody else is reading.
#[derive(Debug)]
pub(super) struct Watch {
    left: Cell<u64>,
    left_ahead: Cell<u64>,
    fault: RefCell<Option<Fault>>,
    beginning: RefCell<Vec<u8>>,
    /// Whether its end was met by somebody who asked for more.
    is_over: Cell<bool>,
}

impl Watch {
    /// Whether somebody asked for more than there is. A tar file ends with blocks of zeros, so whoever reads one does not.
    pub(super) fn is_over(&self) -> bool {
        self.is_over.get()
    }

    /// Lets at most `bytes` be read from here on, until this is called again.
    pub(super) fn allow(&self, bytes: u64) {
        self.left_ahead.set(bytes);
    }

    /// What was found to be wrong.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.fault.borrow_mut().take()
    }

    /// As [`Self::allow`], behind an end that was good enough where nothing came for too long.
    pub(super) fn allow_all(&self) {
        self.allow(u64::MAX);
        self.fault.borrow_mut().take_if(|fault| matches!(fault, Fault::Ahead));
    }

    /// The first bytes that came out of it.
    pub(super) fn beginning(&self) -> Vec<u8> {
        self.beginning.borrow().clone()
    }

    fn note(&self, fault: Fault) -> io::Error {
        let said = match &fault {
            Fault::Full => "it unpacks to too much",
            Fault::Ahead => "too much is said ahead of an entry",
            Fault::Damaged(said) => said,
        };
        let error = io::Error::other(said.to_owned());
        self.fault.borrow_mut().get_or_insert(fault);
        error
    }

    fn take(&self, bytes: &[u8]) {
        self.left.set(self.left.get().saturating_sub(bytes.len() as u64));
        self.left_ahead.set(self.left_ahead.get().saturating_sub(bytes.len() as u64));
        let mut beginning = self.beginning.borrow_mut();
        let missing = BEGINNING.saturating_sub(beginning.len());
        beginning.extend(bytes.iter().take(missing));
    }
}

/// Unpacks a stream of one member or more.
pub(super) struct Gunzip<R> {
    /// None behind the last one.
    member: Option<GzDecoder<BufReader<R>>>,
    members: usize,
    watch: Rc<Watch>,
}

impl<R: Read> Gunzip<R> {
    /// Unpacks at most `bound` bytes of `stream`.
    pub(super) fn new(stream: R, bound: u64) -> (Self, Rc<Watch>) {
        let watch = Rc::new(Watch {
            left: Cell::new(bound),
            left_ahead: Cell::new(u64::MAX),
            fault: RefCell::default(),
            beginning: RefCell::default(),
            is_over: Cell::default(),
        });
        let member = Some(GzDecoder::new(BufReader::new(stream)));
        (Self { member, members: 1, watch: Rc::clone(&watch) }, watch)
    }

    /// Goes on to the next member. Zeros behind the last one are what tapes are filled up with.
    fn go_on(&mut self) -> io::Result<()> {
        let Some(member) = self.member.take() else { return Ok(()) };
        let mut stream = member.into_inner();
        if stream.fill_buf()?.first() == Some(&0x1f) {
            self.members += 1;
            if self.members > MEMBERS_MAX {
                let said = format!("it has more than {MEMBERS_MAX} members");
                return Err(self.watch.note(Fault::Damaged(said)));
            }
            self.member = Some(GzDecoder::new(stream));
            return Ok(());
        }
        loop {
            let bytes = stream.fill_buf()?;
            if bytes.iter().any(|byte| *byte != 0) {
                let said = "what comes behind the end of the compressed stream is none".to_owned();
                return Err(self.watch.note(Fault::Damaged(said)));
            }
            match bytes.len() {
                0 => return Ok(()),
                count => stream.consume(count),
            }
        }
    }
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(member) = &mut self.member else {
                self.watch.is_over.set(!into.is_empty());
                return Ok(0);
            };
            // One byte more than is left, so that a stream which ends there is told from one which goes on.
            let left = self.watch.left.get().min(self.watch.left_ahead.get()).saturating_add(1);
            let most = into.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let Some(into) = into.get_mut(..most) else { return Ok(0) };
            match member.read(into) {
                Ok(0) if !into.is_empty() => self.go_on()?,
                Ok(count) if count as u64 == left => {
                    let is_full = self.watch.left.get() < left;
                    return Err(self.watch.note(if is_full { Fault::Full } else { Fault::Ahead }));
                }
                Ok(count) => {
                    self.watch.take(into.get(..count).unwrap_or_default());
                    return Ok(count);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
                Err(error) => return Err(self.watch.note(Fault::Damaged(error.to_string()))),
            }
        }
    }
}
