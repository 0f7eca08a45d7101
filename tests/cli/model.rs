//! `model`, and model files that cannot be used.

use crate::workspace::{PLAIN, ROLES, SAMPLE_MODEL, Workspace, model_bytes};

/// Length of the checksum.
const HASH: usize = 32;

/// What is inside a model file but for what only retraining needs, changed and packed again.
fn rewritten(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = model_bytes(&SAMPLE_MODEL);
    change(&mut bytes);
    zstd::encode_all(&bytes[..], 1).expect("memory")
}

/// A compact model with other parts, made on purpose: its checksum fits.
fn forged(change: impl FnOnce(&mut serde_json::Value, &mut Vec<u8>)) -> Vec<u8> {
    rewritten(|bytes| {
        let mut lines = bytes[..bytes.len() - HASH].splitn(4, |&byte| byte == b'\n');
        let format = lines.next().expect("a line").to_vec();
        let lexicon = lines.next().expect("a line").to_vec();
        let header = lines.next().expect("a line");
        let mut features = lines.next().expect("the features").to_vec();
        let mut header: serde_json::Value = serde_json::from_slice(header).expect("JSON");
        header["training_state"] = serde_json::Value::Null;
        change(&mut header, &mut features);
        *bytes = [&format, &lexicon, header.to_string().as_bytes(), &features].join(&b'\n');
        bytes.extend(blake3::hash(bytes).as_bytes());
    })
}

/// What the program says when it is given this model.
#[track_caller]
fn refusal(bytes: impl AsRef<[u8]>) -> String {
    let workspace = Workspace::with("bad.rolecall", bytes);
    let refused = workspace
        .rolecall(&["classify", PLAIN, "--model", "bad.rolecall", "-o", "out.csv"])
        .fails();
    assert!(refused.contains("bad.rolecall"), "{refused}");
    for command in [&["model", "show", "bad.rolecall"][..], &["explain", "--model", "bad.rolecall"]]
    {
        assert_eq!(workspace.rolecall(command).fails(), refused);
    }
    refused
}

#[test]
fn show_tells_where_a_model_comes_from_and_how_good_it_is() {
    let workspace = Workspace::with("sample.rolecall", &*SAMPLE_MODEL);
    for file in [&["model", "show", "sample.rolecall"][..], &["model", "show"]] {
        let ran = workspace.rolecall(file).succeeds();
        for part in ["trained on", "postings", "organisations", "lexicon", "macro-F1"] {
            assert!(ran.text().contains(part), "{part}");
        }
        let ran = workspace.rolecall(&[file, &["--json"]].concat()).succeeds();
        for (place, role) in ROLES.iter().enumerate() {
            assert_eq!(ran.json()["roles"][place]["id"], *role);
        }
    }
}

#[test]
fn counts_are_sorted_lines_of_integers_below_their_names() {
    let workspace = Workspace::with("sample.rolecall", &*SAMPLE_MODEL);
    for file in [&["sample.rolecall"][..], &[]] {
        let arguments = [&["model", "export"], file, &["--counts"]].concat();
        let ran = workspace.rolecall(&arguments).succeeds();
        let order = ["skills", "words", "phrases", "mentions", "contexts", "title"];
        let mut keys: Vec<(usize, &str)> = Vec::new();
        let mut lines = ran.text().lines();
        let names: Vec<&str> = lines.next().expect("a header").split('\t').collect();
        assert_eq!(names[..2 + ROLES.len()], [&["channel", "feature"], &ROLES[..]].concat());
        for line in lines {
            let fields: Vec<&str> = line.split('\t').collect();
            assert_eq!(fields.len(), names.len(), "{line:?}");
            let channel = order.iter().position(|c| *c == fields[0]).expect("a channel");
            keys.push((channel, fields[1]));
            let counts = &fields[2..];
            assert!(counts.iter().all(|n| n.parse::<u32>().is_ok()), "{line:?}");
        }
        assert!(keys.len() > 100);
        assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "a line stands twice or not sorted");
    }
}

#[test]
fn a_damaged_model_is_refused() {
    let whole = SAMPLE_MODEL.as_slice();
    let mut flipped = whole.to_vec();
    flipped[whole.len() / 2] ^= 0x10;
    let cut = |n: usize| whole[..n].to_vec();
    for bytes in [flipped, cut(whole.len() / 2), cut(whole.len() - 1), cut(9)] {
        let refused = refusal(&bytes);
        assert!(
            refused.contains("damaged") || refused.contains("not a rolecall model"),
            "{refused}"
        );
    }
}

#[test]
fn a_changed_model_does_not_fit_its_checksum() {
    let one = rewritten(|bytes| {
        let place = bytes.len() - HASH - 1;
        bytes[place] ^= 1;
    });
    let header = rewritten(|bytes| {
        let place = memchr::memmem::find(bytes, b"\"tool\":\"").expect("it is there");
        bytes.insert(place + 8, b'9');
    });
    let cut = rewritten(|bytes| bytes.truncate(bytes.len() / 2));
    for bytes in [one, header, cut] {
        let refused = refusal(&bytes);
        assert!(refused.contains("damaged") && refused.contains("train it again"), "{refused}");
    }
}

#[test]
fn a_forged_model_is_refused() {
    let workspace = Workspace::with("sound.rolecall", forged(|_, _| ()));
    workspace.rolecall(&["model", "show", "sound.rolecall"]).succeeds();
    let header = |change: fn(&mut serde_json::Value)| forged(|header, _| change(header));
    for bytes in [
        header(|header| header["combinations"][0]["weights"][0][0] = 1e308.into()),
        header(|header| header["combinations"][3]["intercept"][0] = (-1e300).into()),
        header(|header| header["postings"][0] = u32::MAX.into()),
        header(|header| header["organisations"] = u64::MAX.into()),
        header(|header| header["held_out"][0]["closed"]["rows"] = u64::MAX.into()),
        // Only the first of two for the same question is used.
        header(|header| {
            let combinations = header["combinations"].as_array_mut().expect("a list");
            let mut first = combinations[0].clone();
            first["weights"] = serde_json::json!([]);
            combinations.insert(0, first);
        }),
        header(|header| {
            header["base"] = serde_json::json!({
                "postings": [1], "organisations": 1, "combinations": [], "held_out": [],
            });
        }),
    ] {
        assert!(refusal(&bytes).contains("damaged: its header does not hold together"));
    }
    let features = |change: fn(&mut Vec<u8>)| forged(|_, features| change(features));
    for bytes in [
        features(|features| features.insert(0, 0)),
        features(|features| features.push(0)),
        features(|features| features.truncate(features.len() - 1)),
        features(Vec::clear),
        // Two features become one.
        features(|features| {
            let line = memchr::memmem::find(features, b"\nbacklog\n").expect("a word");
            features[line] = b' ';
        }),
        forged(|header, _| header["lexicon"] = "another".into()),
        forged(|header, _| drop(header["families"].as_array_mut().expect("a list").pop())),
    ] {
        assert!(refusal(&bytes).contains("damaged"));
    }
}

#[test]
fn a_newer_format_is_refused() {
    let newer = rewritten(|bytes| {
        let format = memchr::memchr(b'\n', bytes).expect("a line");
        bytes.splice(..format, *b"rolecall-model 99");
    });
    let refused = refusal(newer);
    for part in ["format 99", "train the model again"] {
        assert!(refused.contains(part), "{refused}");
    }
}

#[test]
fn a_model_of_an_older_version_is_refused_with_what_to_do() {
    // As 0.1.0 wrote it: the header in the second line, and the hash of all before at the end.
    let mut older = b"rolecall-model 5\n{\"tool\":\"0.1.0\",\"roles\":[]}\n\0".to_vec();
    older.extend(blake3::hash(&older).as_bytes());
    let older = zstd::encode_all(&older[..], 1).expect("memory");
    let refused = refusal(&older);
    for part in ["an older rolecall", "format 5", "rolecall train LABELLED.csv -o NEW.rolecall"] {
        assert!(refused.contains(part), "{refused}");
    }
    let workspace = Workspace::with("old.rolecall", older);
    let run = ["retrain", "old.rolecall", "--add", PLAIN, "-o", "new.rolecall"];
    assert!(workspace.rolecall(&run).fails().contains("train the model again"));
}

#[test]
fn what_is_no_model_is_refused() {
    let packed = zstd::encode_all(&b"some other file"[..], 1).expect("memory");
    for bytes in [&b""[..], b"title,text\nBaker,Bread\n", b"\x28\xb5\x2f\xfd", &packed, &[0; 4096]]
    {
        let refused = refusal(bytes);
        assert!(refused.contains("model"), "{refused}");
    }
}

#[test]
fn a_missing_model_is_refused() {
    let workspace = Workspace::new();
    for model in ["missing.rolecall", "."] {
        let arguments = ["classify", PLAIN, "--model", model, "-o", "out.csv"];
        assert!(workspace.rolecall(&arguments).fails().starts_with(model));
    }
}

#[test]
fn the_environment_names_the_model_that_is_used_otherwise() {
    let workspace = Workspace::with("own.rolecall", &*SAMPLE_MODEL);
    let shown = |arguments: &[&str], variable: &str| {
        let mut command = workspace.rolecall(arguments).command();
        let output = command.env("ROLECALL_MODEL", variable).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let show = ["model", "show"];
    let embedded = workspace.rolecall(&show).succeeds().stdout;
    assert_eq!(shown(&show, ""), embedded);
    let own = workspace.rolecall(&["model", "show", "own.rolecall"]).succeeds().stdout;
    assert_ne!(own, embedded);
    assert_eq!(shown(&show, "own.rolecall"), own);
    // A model that is named wins.
    assert_eq!(shown(&["model", "show", "own.rolecall"], "none.rolecall"), own);
    let refused = workspace
        .rolecall(&["classify", PLAIN])
        .command()
        .env("ROLECALL_MODEL", "none.rolecall")
        .output();
    assert_eq!(refused.expect("it runs").status.code(), Some(2));
}
