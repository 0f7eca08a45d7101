//! What happens to files when a run is killed, stopped or refused: nothing is lost.

#![cfg(unix)]

use crate::workspace::{DUTIES, LEXICON, PLAIN, SAMPLE_MODEL, Workspace, copy_lexicon};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Times that a run is killed; more with `ROLECALL_KILLS`.
const KILLS: u32 = 10;

/// Rows that take far longer than it takes to notice that the first are kept.
const ROWS: usize = 60_000;

fn kills() -> u32 {
    std::env::var("ROLECALL_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(KILLS)
}

/// Postings that take a while, some of them wrong.
fn postings(rows: usize) -> String {
    let row = |i: usize| match i % 100 {
        7 => format!("{i},Clerk,too,many\n"),
        _ => format!("{i},Product Owner,\"{DUTIES} In team {i}.\"\n"),
    };
    format!("id,title,text\n{}", (0..rows).map(row).collect::<String>())
}

/// Shares of the time of a run, up to a little more than all of it: by chance, the same ones each time.
fn shares() -> impl Iterator<Item = f64> {
    let mut seed = 1u32;
    std::iter::repeat_with(move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(seed >> 8) / f64::from(1 << 24) * 1.1
    })
}

fn start(workspace: &Workspace, arguments: &[&str]) -> Child {
    let mut command = workspace.rolecall(arguments).command();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().expect("the program starts")
}

/// Runs it to its end, and gives what it said and how long it took.
fn run(workspace: &Workspace, arguments: &[&str]) -> (String, Duration) {
    let began = Instant::now();
    let ended = start(workspace, arguments).wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(ended.status.success(), "{said}");
    (said, began.elapsed())
}

/// Starts a run that goes on when it is stopped, and waits until some of it is kept.
fn started(workspace: &Workspace, arguments: &[&str]) -> Child {
    let mut child = start(workspace, arguments);
    let kept = || workspace.files().contains(&"out.csv.rolecall-state".to_owned());
    while !kept() && child.try_wait().expect("it can be asked").is_none() {
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn stop(child: &mut Child, signal: &str) {
    let kill = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(kill.expect("kill is there").success());
}

#[test]
fn a_killed_run_leaves_the_old_output_or_the_new_one() {
    let workspace = Workspace::with("in.csv", postings(4000));
    let arguments = ["classify", "in.csv", "-o", "out.csv"];
    let (_, mut whole) = run(&workspace, &arguments);
    let new = workspace.read("out.csv");
    let mut killed = 0;
    for share in shares() {
        if killed == kills() {
            break;
        }
        let moment = whole.mul_f64(share);
        workspace.write("out.csv", "old");
        let mut child = start(&workspace, &arguments);
        std::thread::sleep(moment);
        child.kill().expect("it can be killed");
        if child.wait().expect("it ends").success() {
            // Where other work has ended, a run takes less time than the first one did.
            whole = whole.min(moment);
        } else {
            killed += 1;
        }
        let now = workspace.read("out.csv");
        assert!(now == b"old" || now == new, "half an output");
    }
}

/// How runs are stopped.
const SIGNALS: [&str; 3] = ["-KILL", "-TERM", "-INT"];

/// Starts two runs at once and stops both by chance; gives whether each had ended well before.
fn two_stopped(
    workspace: &Workspace,
    arguments: [&[&str]; 2],
    whole: Duration,
    turn: usize,
    shares: &mut impl Iterator<Item = f64>,
) -> [bool; 2] {
    let mut children = arguments.map(|arguments| start(workspace, arguments));
    for (index, child) in children.iter_mut().enumerate() {
        std::thread::sleep(whole.mul_f64(shares.next().expect("there are more")));
        if child.try_wait().expect("it can be asked").is_none() {
            stop(child, SIGNALS[(turn + index) % SIGNALS.len()]);
        }
    }
    children.map(|child| child.wait_with_output().expect("it ends").status.success())
}

#[test]
fn two_runs_at_once_that_are_killed_leave_a_whole_output_and_nothing_else() {
    let workspace = Workspace::with("in.csv", postings(4000));
    let arguments = ["classify", "in.csv", "-o", "out.csv"];
    let (_, whole) = run(&workspace, &arguments);
    let new = workspace.read("out.csv");
    let mut shares = shares();
    let mut stopped = 0;
    for turn in 0..kills() as usize {
        workspace.write("out.csv", "old");
        let ended = two_stopped(&workspace, [&arguments; 2], whole, turn, &mut shares);
        stopped += ended.iter().filter(|well| !**well).count();
        let now = workspace.read("out.csv");
        assert!(now == b"old" || now == new, "half an output");
    }
    assert!(stopped > 0, "none was stopped");
    run(&workspace, &arguments);
    assert!(workspace.read("out.csv") == new, "other bytes");
    assert_eq!(workspace.files(), ["in.csv", "out.csv"]);
}

#[test]
fn two_resumed_runs_at_once_that_are_killed_go_on_with_the_same_bytes() {
    let workspace = Workspace::with("in.csv", postings(ROWS / 4));
    let (_, whole) = run(&workspace, &["classify", "in.csv", "-o", "plain.csv"]);
    let plain = workspace.read("plain.csv");
    let arguments = ["classify", "in.csv", "-o", "out.csv", "--resume"];
    let mut shares = shares();
    for turn in 0..kills() as usize {
        two_stopped(&workspace, [&arguments; 2], whole, turn, &mut shares);
        if workspace.files().contains(&"out.csv".to_owned()) {
            assert!(workspace.read("out.csv") == plain, "it is not complete");
            std::fs::remove_file(workspace.path("out.csv")).expect("it is there");
        }
    }
    run(&workspace, &arguments);
    assert!(workspace.read("out.csv") == plain, "other bytes");
    assert_eq!(workspace.files(), ["in.csv", "out.csv", "plain.csv"]);
}

#[test]
fn a_killed_run_goes_on_with_the_same_bytes() {
    let workspace = Workspace::with("in.csv", postings(ROWS));
    let plain = ["classify", "in.csv", "-o", "plain.csv", "--rejects", "plain_wrong.csv"];
    let (said, whole) = run(&workspace, &plain);
    let summary = |said: &str| said.lines().last().expect("it says something").to_owned();
    let wanted = summary(&said);
    let arguments = ["classify", "in.csv", "-o", "out.csv", "--rejects", "wrong.csv", "--resume"];
    let (mut gone_on, mut finished) = (0, 0);
    let finish = |said: &str| {
        assert_eq!(summary(said), wanted);
        assert!(workspace.read("out.csv") == workspace.read("plain.csv"), "other bytes");
        assert!(workspace.read("wrong.csv") == workspace.read("plain_wrong.csv"));
        std::fs::remove_file(workspace.path("out.csv")).expect("it is there");
        let left = |name: &String| name.starts_with("out.csv");
        assert!(!workspace.files().iter().any(left), "{:?}", workspace.files());
    };
    let mut child = started(&workspace, &arguments);
    child.kill().and_then(|()| child.wait()).expect("it can be killed");
    for (i, share) in shares().take(kills() as usize).enumerate() {
        let mut child = start(&workspace, &arguments);
        std::thread::sleep(whole.mul_f64(share));
        if child.try_wait().expect("it can be asked").is_none() {
            stop(&mut child, if i % 2 == 0 { "-KILL" } else { "-TERM" });
        }
        let ended = child.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&ended.stderr);
        gone_on += u32::from(said.contains("going on behind row"));
        if ended.status.success() {
            finished += 1;
            finish(&said);
        } else if workspace.files().contains(&"out.csv".to_owned()) {
            assert!(workspace.read("out.csv") == workspace.read("plain.csv"), "it is not complete");
            std::fs::remove_file(workspace.path("out.csv")).expect("it is there");
        }
    }
    let (said, _) = run(&workspace, &arguments);
    finish(&said);
    assert!(gone_on > 0, "no run went on; {finished} finished");
}

#[test]
fn a_run_goes_on_only_with_the_same_files_and_options() {
    let workspace = Workspace::with("in.csv", postings(ROWS));
    let arguments = ["classify", "in.csv", "-o", "out.csv", "--resume"];
    let mut child = started(&workspace, &arguments);
    stop(&mut child, "-INT");
    let ended = child.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("the same command goes on"), "{said}");
    let other = [&arguments[..], &["--closed"]].concat();
    let refused = workspace.rolecall(&other).command().output().expect("it runs");
    let refused = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.contains("other options; delete it"), "{refused}");
    workspace.write("in.csv", "id,title,text\n1,Baker,Bread\n");
    let refused = workspace.rolecall(&arguments).command().output().expect("it runs");
    assert_eq!(refused.status.code(), Some(2));
    // As if it had been stopped right after its output had its name.
    std::fs::remove_file(workspace.path("out.csv.rolecall-part")).expect("it is there");
    workspace.rolecall(&arguments).succeeds();
    assert_eq!(workspace.files(), ["in.csv", "out.csv"]);
    let packed = ["classify", "in.csv", "-o", "out.csv.gz", "--resume"];
    let refused = workspace.rolecall(&packed).command().output().expect("it runs");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not packed"));
}

#[test]
fn a_file_that_changes_while_it_is_read_is_noticed() {
    let workspace = Workspace::with("in.csv", postings(6000));
    let mut child = start(&workspace, &["classify", "in.csv", "-o", "out.csv"]);
    let mut said = BufReader::new(child.stderr.take().expect("it is piped")).lines();
    said.next().expect("it names the columns").expect("it is UTF-8");
    let file = std::fs::File::options().append(true).open(workspace.path("in.csv"));
    file.expect("it is there").write_all(b"9,Baker,Bread\n").expect("there is room");
    let rest: Vec<String> = said.map(|line| line.expect("it is UTF-8")).collect();
    assert_eq!(child.wait().expect("it ends").code(), Some(2));
    assert!(rest.concat().contains("in.csv: it changed while it was read"), "{rest:?}");
    assert_eq!(workspace.files(), ["in.csv"]);
}

#[test]
fn an_output_that_is_an_input_is_refused() {
    let workspace = Workspace::with("in.csv", "text,title\nBread,Baker\n");
    std::os::unix::fs::symlink(workspace.path("in.csv"), workspace.path("link.csv"))
        .expect("links can be made");
    for arguments in [
        &["classify", "in.csv", "-o", "in.csv"][..],
        &["classify", "*.csv", "-o", "link.csv"],
        &["classify", "in.csv", "-o", "out.csv", "--rejects", "in.csv"],
        &["audit", "in.csv", "--report", "in.csv"],
        &["train", "in.csv", "-o", "in.csv"],
        &["retrain", "--add", "in.csv", "-o", "in.csv"],
        &["evaluate", "in.csv", "--predictions", "in.csv"],
        &["explain", "in.csv", "--row", "1", "--html", "in.csv"],
    ] {
        let refused = workspace.rolecall(arguments).fails();
        assert!(refused.contains("is also read"), "{arguments:?}: {refused}");
    }
    let twice = ["classify", "in.csv", "-o", "out.csv", "--rejects", "out.csv"];
    assert!(workspace.rolecall(&twice).fails().contains("written twice"));
    let stdin = workspace.rolecall(&["classify", "-", "-o", "in.csv"]).command();
    let ended = with_stdin(stdin, &workspace, "in.csv");
    assert!(String::from_utf8_lossy(&ended.stderr).contains("is also read"));
    // Appended to by the shell.
    let out = std::fs::File::options().append(true).open(workspace.path("in.csv"));
    let mut command = workspace.rolecall(&["classify", "in.csv"]).command();
    let ended = command.stdout(out.expect("it is there")).output().expect("it runs");
    assert_eq!(ended.status.code(), Some(2));
    assert_eq!(workspace.read("in.csv"), b"text,title\nBread,Baker\n");
}

/// Runs a command on a file as its standard input.
fn with_stdin(mut command: Command, workspace: &Workspace, name: &str) -> std::process::Output {
    let file = std::fs::File::open(workspace.path(name)).expect("it is there");
    command.stdin(file).output().expect("it runs")
}

#[test]
fn an_output_that_is_a_model_or_a_lexicon_in_use_is_refused() {
    use std::os::unix::fs::symlink;
    let workspace = Workspace::with("m.rolecall", &*SAMPLE_MODEL);
    workspace.write("in.csv", "id,title,text,role\n1,Baker,Bread,other\n");
    workspace.write("out.csv.rolecall-part", "title,text\nBaker,Bread\n");
    copy_lexicon(&workspace, "lexicon");
    std::fs::create_dir(workspace.path("sub")).expect("it can be made");
    symlink("m.rolecall", workspace.path("link")).expect("links can be made");
    symlink("out.csv", workspace.path("nowhere.csv")).expect("links can be made");
    std::fs::hard_link(workspace.path("m.rolecall"), workspace.path("hard")).expect("it can be");
    std::fs::hard_link(workspace.path("lexicon/skills.csv"), workspace.path("skills"))
        .expect("it can be");
    let before = workspace.files();
    for arguments in [
        "classify in.csv --model m.rolecall -o m.rolecall",
        "classify in.csv --model link -o sub/../m.rolecall",
        "classify in.csv --model m.rolecall --rejects hard",
        "audit in.csv --model m.rolecall -o link",
        "audit in.csv --model m.rolecall --report hard",
        "evaluate in.csv --model m.rolecall --predictions m.rolecall",
        "evaluate in.csv --model m.rolecall --html m.rolecall",
        "explain in.csv --row 1 --model m.rolecall --html m.rolecall",
        "model export m.rolecall --compact -o m.rolecall",
        "model export m.rolecall --counts -o hard",
        "model compare m.rolecall hard --rows in.csv --rejects link",
        "retrain m.rolecall --add in.csv -o n.rolecall --rejects link",
        "retrain --merge m.rolecall -o link",
        "classify in.csv --lexicon lexicon -o lexicon/skills.csv",
        "classify in.csv --lexicon lexicon -o lexicon/new.csv",
        "skills --lexicon lexicon -o skills",
        "train in.csv --lexicon lexicon -o lexicon/titles.csv",
        "train --lexicon-only --lexicon lexicon -o lexicon/titles.csv",
        "review in.csv in.csv -o in.csv",
        "classify out.csv.rolecall-part -o out.csv --resume",
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let refused = workspace.rolecall(&arguments).command().output().expect("it runs");
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(said.contains("also read"), "{arguments:?}: {said}");
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(workspace.read("m.rolecall") == *SAMPLE_MODEL, "{arguments:?}");
    }
    for twice in [
        "classify in.csv -o out.csv --rejects sub/../out.csv",
        "classify in.csv -o out.csv --rejects nowhere.csv",
        "classify in.csv --rejects -",
        "classify in.csv -o out.csv --resume --rejects out.csv.rolecall-state",
        "evaluate in.csv --predictions -",
    ] {
        let arguments: Vec<&str> = twice.split(' ').collect();
        let refused = workspace.rolecall(&arguments).command().output().expect("it runs");
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(said.contains("is to be written twice"), "{arguments:?}: {said}");
    }
    assert_eq!(workspace.files(), before);
    let skills = std::fs::read(format!("{LEXICON}/skills.csv")).expect("it is there");
    assert!(workspace.read("lexicon/skills.csv") == skills);
}

#[test]
fn a_replaced_file_keeps_its_permissions_and_its_links() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let workspace = Workspace::with("in.csv", postings(20));
    let mode = |name: &str| {
        let found = std::fs::metadata(workspace.path(name)).expect("it is there");
        found.permissions().mode() & 0o777
    };
    for (wanted, more) in [(0o600, &[][..]), (0o640, &["--resume"]), (0o664, &[])] {
        workspace.write("out.csv", "old");
        let permissions = std::fs::Permissions::from_mode(wanted);
        std::fs::set_permissions(workspace.path("out.csv"), permissions).expect("it is ours");
        let arguments = [&["classify", "in.csv", "-o", "out.csv"], more].concat();
        workspace.rolecall(&arguments).succeeds();
        assert_eq!(mode("out.csv"), wanted, "{more:?}");
        assert!(workspace.read("out.csv").starts_with(b"id,"));
    }
    std::fs::create_dir(workspace.path("sub")).expect("it can be made");
    symlink("sub/new.csv", workspace.path("link.csv")).expect("links can be made");
    for more in [&[][..], &["--resume"]] {
        let arguments = [&["classify", "in.csv", "-o", "link.csv"], more].concat();
        workspace.rolecall(&arguments).succeeds();
        assert!(workspace.path("link.csv").is_symlink());
        assert_eq!(workspace.read("sub/new.csv"), workspace.read("out.csv"), "{more:?}");
        std::fs::remove_file(workspace.path("sub/new.csv")).expect("it is there");
    }
}

fn pipe(workspace: &Workspace, name: &str) {
    let made = Command::new("mkfifo").arg(workspace.path(name)).status().expect("it runs");
    assert!(made.success());
}

#[test]
fn pipes_are_read_to_their_end_wherever_they_stand() {
    let workspace = Workspace::with("in.csv", postings(8000));
    workspace.rolecall(&["classify", "in.csv", "in.csv", "-o", "files.csv"]).succeeds();
    pipe(&workspace, "pipe");
    let (from, to) = (workspace.path("in.csv"), workspace.path("pipe"));
    let feed = move || std::fs::read(&from).and_then(|bytes| std::fs::write(&to, bytes));
    for files in [["in.csv", "pipe"], ["pipe", "in.csv"]] {
        let writer = std::thread::spawn(feed.clone());
        workspace.rolecall(&[&["classify"], &files[..], &["-o", "out.csv"]].concat()).succeeds();
        writer.join().expect("it ends").expect("all was read");
        let text = |name| String::from_utf8(workspace.read(name)).expect("it is UTF-8");
        assert!(text("out.csv").replace("pipe", "in.csv") == text("files.csv"), "{files:?}");
    }
    let twice = workspace.rolecall(&["classify", "in.csv", "pipe", "pipe"]).fails();
    assert!(twice.contains("read only once"), "{twice}");
}

#[test]
fn a_pipe_is_written_and_not_waited_for_twice() {
    let workspace = Workspace::with("in.csv", "id,title,text\n1,Baker,Bread\n2,Cook\n");
    pipe(&workspace, "pipe");
    for (arguments, begins) in [
        (&["classify", "in.csv", "-o", "pipe"][..], "id,title,text,predicted_role"),
        (&["classify", "in.csv", "-o", "out.csv", "--rejects", "pipe"], "file,line,reason,raw"),
        (&["skills", PLAIN, "-o", "pipe"], "row,id,skill"),
    ] {
        let path = workspace.path("pipe");
        let reader = std::thread::spawn(move || std::fs::read_to_string(path));
        workspace.rolecall(arguments).succeeds();
        let read = reader.join().expect("it ends").expect("it is text");
        assert!(read.starts_with(begins), "{arguments:?}: {read}");
    }
    let refused = workspace.rolecall(&["classify", "in.csv", "-o", "pipe", "--resume"]).fails();
    assert!(refused.contains("needs a file to write to"), "{refused}");
    let refused = workspace.rolecall(&["classify", "pipe", "-o", "o.csv", "--resume"]).command();
    let path = workspace.path("pipe");
    let feed = std::thread::spawn(move || std::fs::write(path, "title,text\nBaker,Bread\n"));
    let said = String::from_utf8_lossy(&{ refused }.output().expect("it runs").stderr).into_owned();
    assert!(said.contains("cannot be read again"), "{said}");
    let _ = feed.join();
}

#[test]
fn two_runs_of_one_command_do_not_write_to_the_same_file() {
    let workspace = Workspace::with("in.csv", postings(ROWS));
    let arguments = ["classify", "in.csv", "-o", "out.csv", "--resume"];
    let mut first = started(&workspace, &arguments);
    stop(&mut first, "-STOP");
    let second = workspace.rolecall(&arguments).command().output().expect("it runs");
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("is being written by another run"), "{said}");
    assert_eq!(second.status.code(), Some(2));
    stop(&mut first, "-CONT");
    assert!(first.wait().expect("it ends").success());
    workspace.rolecall(&["classify", "in.csv", "-o", "plain.csv"]).succeeds();
    assert!(workspace.read("out.csv") == workspace.read("plain.csv"));
    assert_eq!(workspace.files(), ["in.csv", "out.csv", "plain.csv"]);
}

#[test]
fn a_run_that_was_stopped_behind_its_last_row_ends() {
    let workspace = Workspace::with("in.csv", postings(ROWS));
    workspace.rolecall(&["classify", "in.csv", "-o", "plain.csv"]).succeeds();
    let arguments = ["classify", "in.csv", "-o", "out.csv", "--resume"];
    let mut child = started(&workspace, &arguments);
    child.kill().and_then(|()| child.wait()).expect("it can be killed");
    let state: serde_json::Value =
        serde_json::from_slice(&workspace.read("out.csv.rolecall-state")).expect("JSON");
    let with = |rows: usize, written: usize| {
        let mut state = state.clone();
        state["rows"] = rows.into();
        state["bytes"] = workspace.read("plain.csv").len().into();
        state["counted"]["rows_written"] = written.into();
        workspace.write("out.csv.rolecall-part", workspace.read("plain.csv"));
        workspace.write("out.csv.rolecall-state", state.to_string());
    };
    // All rows are written, and the output has not its name yet.
    let sound = ROWS - ROWS / 100;
    with(ROWS, sound);
    workspace.rolecall(&arguments).succeeds();
    assert!(workspace.read("out.csv") == workspace.read("plain.csv"));
    assert_eq!(workspace.files(), ["in.csv", "out.csv", "plain.csv"]);
    // A state that cannot be right.
    for (rows, written, says) in [
        (ROWS + 1, sound, format!("had read {} rows", ROWS + 1)),
        (ROWS, sound - 1, "is damaged; delete it".to_owned()),
    ] {
        with(rows, written);
        let refused = workspace.rolecall(&arguments).command().output().expect("it runs");
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(refused.status.code() == Some(2) && said.contains(&says), "{said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_with_the_name_of_the_file() {
    let workspace = Workspace::with("in.csv", "title,text\nBaker,Bread,too\nCook,Soup\n");
    for arguments in [
        &["classify", "in.csv", "-o", "/dev/full"][..],
        &["classify", "in.csv", "-o", "/dev/full", "--format", "parquet"],
        &["classify", "in.csv", "-o", "/dev/full", "--format", "jsonl"],
        &["skills", "-o", "/dev/full"],
        &["train", "--lexicon-only", "-o", "/dev/full"],
    ] {
        let refused = workspace.rolecall(arguments).fails();
        assert!(refused.contains("/dev/full: No space left"), "{arguments:?}: {refused}");
    }
    let arguments = ["classify", "in.csv", "-o", "out.csv", "--rejects", "/dev/full"];
    let refused = workspace.rolecall(&arguments).fails();
    assert!(refused.contains("rejected rows: No space left"), "{refused}");
    let full = std::fs::File::options().write(true).open("/dev/full").expect("it is there");
    let mut command = workspace.rolecall(&["classify", "in.csv"]).command();
    let ended = command.stdout(full).output().expect("it runs");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(said.contains("cannot write standard output: No space left"), "{said}");
}
