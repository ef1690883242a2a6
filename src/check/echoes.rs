//! Which members of things come back as they were written.

use foldhash::HashMap;

use super::accepted::hash;
use super::{View, akin, content, writes};
use crate::value::Pointer;

/// Members remembered in all, and of one history: memory must stay flat.
const MOST: usize = 16_384;
const MOST_AT_ONCE: usize = 64;

/// The members that a read showed exactly as they were written, in this run.
///
/// A member is known once two different values came back: one alone may be what the service always
/// shows.
#[derive(Clone, Debug, Default)]
pub struct Echoes(HashMap<u64, Known>);

/// What is known of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// This value, hashed, came back.
    Once(u64),
    /// Others did, too.
    Surely,
}

/// A member that came back as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo {
    /// The read operation and the member, hashed.
    member: u64,
    /// The value, hashed.
    value: u64,
}

impl Echoes {
    /// What there is to remember of a history: writes, and reads that showed what was written.
    pub fn learn(&self, view: &View<'_>) -> Vec<Echo> {
        let mut echoes = Vec::new();
        if view.seen().len() < 2 {
            return echoes;
        }
        for write in writes::all(view) {
            let Some(read) = write.deed.resource.read else { continue };
            let Some(given) = content::written(write.deed.seen) else { continue };
            let bodies: Vec<_> = write.reads.iter().filter_map(|read| read.json()).collect();
            for (at, given) in content::members(&given) {
                let is_echo =
                    |body: &&_| content::shown(body, &at).is_some_and(|shown| shown.same(given));
                if akin::is_nothing(given) || !bodies.iter().any(is_echo) {
                    continue;
                }
                let echo = Echo { member: member(read, &at), value: hash(given) };
                if echoes.len() < MOST_AT_ONCE && self.is_new(echo) && !echoes.contains(&echo) {
                    echoes.push(echo);
                }
            }
        }
        echoes
    }

    /// Remembers members that came back.
    pub fn record(&mut self, echoes: Vec<Echo>) {
        for echo in echoes {
            let room = self.0.len() < MOST;
            match self.0.get_mut(&echo.member) {
                Some(known) if *known != Known::Once(echo.value) => *known = Known::Surely,
                None if room => drop(self.0.insert(echo.member, Known::Once(echo.value))),
                _ => {}
            }
        }
    }

    /// Whether a member of what an operation, told by its number, reads comes back as it was written.
    pub(super) fn knows(&self, read: usize, at: &Pointer) -> bool {
        self.0.get(&member(read, at)) == Some(&Known::Surely)
    }

    fn is_new(&self, echo: Echo) -> bool {
        match self.0.get(&echo.member) {
            None => self.0.len() < MOST,
            Some(Known::Once(value)) => *value != echo.value,
            Some(Known::Surely) => false,
        }
    }
}

fn member(read: usize, at: &Pointer) -> u64 {
    hash(&(read, at))
}

#[cfg(test)]
mod tests {
    use super::super::stage::{Asked, Serve, Stage, answer, notes};
    use super::*;
    use crate::value::Value;

    /// What is learned of cases, one after the other, from a service that shows what it was given,
    /// and a state that is always the same.
    fn learned(cases: &[&str]) -> Echoes {
        let serve = || -> Serve {
            let mut kept = Value::Null;
            Box::new(move |asked: &Asked| {
                if asked.method != "GET" {
                    kept = asked.body.clone();
                    if let Value::Object(note) = &mut kept {
                        note.set("id", Value::int(7));
                        note.set("state", "draft".into());
                    }
                }
                answer(201, &kept.to_string())
            })
        };
        let stage = Stage::of(notes(), serve);
        let mut echoes = Echoes::default();
        for steps in cases {
            let history = stage.play(&format!("[{steps}]"));
            let new = echoes.learn(&stage.view(&history));
            echoes.record(new);
        }
        echoes
    }

    fn knows(echoes: &Echoes, member: &str) -> bool {
        let service = notes();
        let read = service.number("GET /notes/{id}").unwrap();
        echoes.knows(read, &Pointer::parse(member).unwrap())
    }

    fn written(body: &str) -> String {
        format!(
            r#"{{"id":"s1","call":"POST /notes","json":{body}}},
               {{"id":"s2","call":"GET /notes/{{id}}","path":{{"id":{{"$from":"s1/body/id"}}}}}}"#
        )
    }

    #[test]
    fn a_member_is_known_once_two_values_came_back() {
        let (one, two) = (written(r#"{"title":"a"}"#), written(r#"{"title":"b"}"#));
        assert!(!knows(&learned(&[&one]), "/title"));
        assert!(!knows(&learned(&[&one, &one]), "/title"));
        assert!(knows(&learned(&[&one, &two]), "/title"));
        assert!(!knows(&learned(&[&one, &two]), "/text"));
    }

    #[test]
    fn what_the_service_always_shows_is_not_known() {
        let [draft, sent] = ["draft", "sent"].map(|s| written(&format!(r#"{{"state":"{s}"}}"#)));
        assert!(!knows(&learned(&[&draft, &sent, &draft]), "/state"));
    }

    #[test]
    fn nothing_is_learned_of_nothing_and_without_a_read() {
        let empty = [r#"{"title":""}"#, r#"{"title":null}"#, r#"{"title":[]}"#].map(written);
        assert!(!knows(&learned(&[&empty[0], &empty[1], &empty[2]]), "/title"));
        let unread = [r#"{"title":"a"}"#, r#"{"title":"b"}"#]
            .map(written)
            .map(|steps| steps.split_once(",\n").map(|(create, _)| create.to_owned()).unwrap());
        assert!(!knows(&learned(&[&unread[0], &unread[1]]), "/title"));
    }

    #[test]
    fn memory_is_bounded() {
        let mut echoes = Echoes::default();
        let echo = |member: usize| Echo { member: member as u64, value: 0 };
        echoes.record((0..2 * MOST).map(echo).collect());
        assert_eq!(echoes.0.len(), MOST);
    }
}
