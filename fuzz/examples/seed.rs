//! Writes the seeds of the targets into the folders that long runs read and add to.

use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/__fuzz__");
    for target in ["check", "evaluate", "parse"] {
        let folder = tests.join(target).join("corpus");
        fs::create_dir_all(&folder)?;
        for (number, octets) in provost_fuzz::seeds::expressions().iter().enumerate() {
            fs::write(folder.join(format!("vector-{number}")), octets)?;
        }
    }
    Ok(())
}
