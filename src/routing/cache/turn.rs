//! Caches in a client's turn: before a request is let in, and when it is over.

use super::{Cache, Found};
use crate::model::Status;
use crate::routing::client::{Action, Ended, Heard};
use crate::routing::note::Note;
use crate::routing::router::Router;
use crate::routing::turn::Turn;
use crate::units::SimDuration;

impl<R: Router> Turn<'_, R> {
    /// A request arrives at the caches.
    pub(in crate::routing) fn arrived_at_cache(&mut self, cache: &Cache) -> Action {
        let found = cache.arrived(&mut self.state.cache, self.ask, self.view.now, self.luck);
        self.after_cache(found)
    }

    /// What happens to a request where there are caches: it may wait for them, and they hear how it ends.
    pub(in crate::routing) fn later_with_cache(&mut self, cache: &Cache, heard: &Heard) -> Action {
        let late = *heard == Heard::Due && self.time_left().is_some_and(|left| left <= SimDuration::ZERO);
        let found = if *heard == Heard::Due { cache.due(&mut self.state.cache, self.ask, late) } else { None };
        let action = match found {
            Some(found) => self.after_cache(found),
            None => self.goes_on_with_batches(heard),
        };
        match (action, heard) {
            (Action::Deliver, Heard::Ended(Ended { by, .. })) => {
                cache.delivered(&mut self.state.cache, self.ask, *by, self.view.now, self.luck);
            }
            (Action::GiveUp(_), _) => Cache::lost(&mut self.state.cache, self.ask),
            _ => {}
        }
        action
    }

    fn after_cache(&mut self, found: Found) -> Action {
        match found {
            Found::Image { by, wrong } => Action::Serve { by, wrong },
            Found::Later(wait) => Action::Wait(self.time_left().map_or(wait, |left| wait.min(left))),
            Found::InLine => {
                self.note(|_| Note::InLine);
                self.time_left().map_or(Action::Hold, Action::Wait)
            }
            Found::TooLate => Action::GiveUp(Status::TimedOut),
            Found::Nothing => self.enter(),
        }
    }
}
