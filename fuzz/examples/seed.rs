//! Writes the seeds of the targets into the folders that long runs read and add to.

use std::fs;
use std::path::Path;

use provost_fuzz::seeds::directory::{changes, definitions, ldif, lines, root_dses};
use provost_fuzz::seeds::expressions;

fn main() -> std::io::Result<()> {
    for target in ["check", "evaluate", "parse"] {
        write(target, &expressions())?;
    }
    for target in ["attribute", "dn", "filter", "time", "url"] {
        write(target, &lines(target))?;
    }
    write("change", &changes())?;
    write("fingerprint", &root_dses())?;
    write("ldif", &ldif())?;
    write("schema", &definitions())
}

fn write(target: &str, seeds: &[Vec<u8>]) -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/__fuzz__").join(target).join("corpus");
    fs::create_dir_all(&folder)?;
    for (number, octets) in seeds.iter().enumerate() {
        fs::write(folder.join(format!("seed-{number}")), octets)?;
    }
    Ok(())
}
