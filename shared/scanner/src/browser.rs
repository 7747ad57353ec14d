//! What JavaScript calls, in this order for each picture: [`room`], then it writes the pixels there, [`read`], [`texts`].
//!
//! An exported name is unsafe by the language's rules, because it could stand for another one's; nothing else here is.
//! Numbers go over the border as they are: memory is JavaScript's to write to, and a call out of order reads nothing.
#![allow(unsafe_code)]

use std::cell::RefCell;

/// What stands between two texts. No text of ours holds it.
const BETWEEN: &str = "\0";

thread_local! {
    static PICTURE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static TEXTS: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Where the pixels of a picture of this size belong (RGBA, row by row). Null for a size that is not read. It may move
/// with the next call, and the memory may grow.
#[unsafe(no_mangle)]
pub extern "C" fn room(width: usize, height: usize) -> *mut u8 {
    let Some(bytes) = crate::bytes(width, height) else { return std::ptr::null_mut() };
    PICTURE.with_borrow_mut(|picture| {
        picture.resize(bytes, 0);
        picture.as_mut_ptr()
    })
}

/// Reads the picture that was written; how many bytes its codes' texts have, in UTF-8 with a NUL between two. 0 where there
/// is no code, and for a size that there was no room made for.
#[unsafe(no_mangle)]
pub extern "C" fn read(width: usize, height: usize) -> usize {
    let texts = PICTURE.with_borrow(|picture| crate::read(width, height, picture)).join(BETWEEN);
    TEXTS.with_borrow_mut(|last| {
        *last = texts;
        last.len()
    })
}

/// Where the texts of the last picture are.
#[unsafe(no_mangle)]
pub extern "C" fn texts() -> *const u8 {
    TEXTS.with_borrow(|texts| texts.as_ptr())
}
