//! Opening what is no file: refused, before it can hold a thread.
//!
//! WASI opens a file on a thread of its own, and opening a named pipe waits there for the other end, for ever if need be:
//! ending the guest does not end the thread. A command makes a pipe in the project with one call, and some five hundred guests
//! that open it take all the threads that the program has for waiting. So the host looks first, and opens files, folders
//! and links alone. A pipe that is put into a file's place between the look and the opening still holds one thread.

use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::{
    WasiView,
    filesystem::{Descriptor, WasiFilesystemView},
    p2::bindings::filesystem::types::{
        DescriptorFlags, DescriptorType, ErrorCode, Host, HostDescriptor, OpenFlags, PathFlags,
    },
};

type Opening = (Resource<Descriptor>, PathFlags, String, OpenFlags, DescriptorFlags);

/// Puts a look in front of WASI's `open-at`. Comes after WASI was linked, in the version that is linked: under another one
/// nothing would be looked at, which the attack with a named pipe shows.
pub(crate) fn refuse<T: WasiView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker.allow_shadowing(true);
    linker.instance("wasi:filesystem/types@0.2.12")?.func_wrap_async(
        "[method]descriptor.open-at",
        |mut store, (folder, how, path, open, flags): Opening| {
            Box::new(async move {
                let mut files = store.data_mut().filesystem();
                let looked = files.stat_at(Resource::new_borrow(folder.rep()), how, path.clone()).await;
                if looked.is_ok_and(|found| !can_be_opened(found.type_)) {
                    return Ok((Err(ErrorCode::NotPermitted),));
                }
                match files.open_at(folder, how, path, open, flags).await {
                    Ok(opened) => Ok((Ok(opened),)),
                    Err(error) => Ok((Err(files.convert_error_code(error)?),)),
                }
            })
        },
    )?;
    linker.allow_shadowing(false);
    Ok(())
}

/// Whether opening it waits for nobody. What is neither of these is refused as well by WASI itself, once it is open.
fn can_be_opened(kind: DescriptorType) -> bool {
    matches!(kind, DescriptorType::RegularFile | DescriptorType::Directory | DescriptorType::SymbolicLink)
}
