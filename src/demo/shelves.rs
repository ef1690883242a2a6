//! What the shop keeps, in memory and never more than so much of it.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use super::settling::Settling;

/// Things by number: those of the opening day stay, later ones make room for the latest.
#[derive(Debug)]
pub(crate) struct Shelf<T> {
    things: BTreeMap<i64, T>,
    /// The greatest number of the opening day.
    kept: i64,
    next: i64,
    most: usize,
}

impl<T> Shelf<T> {
    fn new(opening: Vec<T>, most: usize) -> Self {
        let things: BTreeMap<i64, T> = (1..).zip(opening).collect();
        let kept = things.len() as i64;
        Self { things, kept, next: kept + 1, most }
    }

    pub(crate) fn add(&mut self, thing: T) -> i64 {
        let id = self.next;
        self.next += 1;
        self.things.insert(id, thing);
        if self.things.len() > self.most {
            let oldest = self.things.range(self.kept + 1..).next().map(|(id, _)| *id);
            oldest.and_then(|id| self.things.remove(&id));
        }
        id
    }

    pub(crate) fn get(&self, id: i64) -> Option<&T> {
        self.things.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: i64) -> Option<&mut T> {
        self.things.get_mut(&id)
    }

    pub(crate) fn remove(&mut self, id: i64) -> Option<T> {
        self.things.remove(&id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, &T)> {
        self.things.iter().map(|(id, thing)| (*id, thing))
    }
}

/// A product.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) name: String,
    pub(crate) price: f64,
    pub(crate) tags: Vec<String>,
    pub(crate) in_stock: bool,
}

impl Product {
    pub(crate) fn to_json(&self, id: i64) -> Value {
        json!({
            "id": id, "name": self.name, "price": self.price, "tags": self.tags,
            "in_stock": self.in_stock,
        })
    }
}

/// An order.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) status: String,
    pub(crate) quantity: i64,
    /// In cents.
    pub(crate) price: i64,
    pub(crate) note: Option<String>,
}

impl Order {
    pub(crate) fn to_json(&self, id: i64) -> Value {
        json!({
            "id": id, "status": self.status, "quantity": self.quantity,
            "total": self.quantity * self.price, "note": self.note, "placed": "2024-01-01T09:30:00Z",
        })
    }
}

/// A note, which can be read a moment after it was written.
#[derive(Debug)]
pub(crate) struct Note {
    pub(crate) title: String,
    pub(crate) text: Option<String>,
    settling: Settling,
}

impl Note {
    pub(crate) fn new(title: String, text: Option<String>) -> Self {
        Self { title, text, settling: Settling::new() }
    }

    /// Whether a read sees it: the third one does, and all after 50 ms.
    pub(crate) fn is_seen(&mut self) -> bool {
        self.settling.look().is_past(2)
    }

    pub(crate) fn to_json(&self, id: i64) -> Value {
        let mut note = json!({ "id": id, "state": "draft", "title": self.title });
        if let Some(text) = &self.text {
            note["text"] = json!(text);
        }
        note
    }
}

/// Everything the shop keeps.
#[derive(Debug)]
pub(crate) struct Shelves {
    pub(crate) products: Shelf<Product>,
    pub(crate) orders: Shelf<Order>,
    pub(crate) notes: Shelf<Note>,
    /// Sizes of files in octets.
    pub(crate) files: Shelf<usize>,
    /// Addresses that belong to someone, the oldest first.
    pub(crate) emails: VecDeque<String>,
}

impl Shelves {
    /// As on the opening day.
    pub(crate) fn new() -> Self {
        let names = [
            "Lamp", "Table", "Chair", "Shelf", "Mirror", "Carpet", "Vase", "Clock", "Candle",
            "Curtain", "Cushion", "Basket",
        ];
        let product = |(index, name): (usize, &str)| Product {
            name: name.into(),
            price: (499 + 250 * index) as f64 / 100.0,
            tags: vec![["light", "wood", "cloth"][index % 3].into()],
            in_stock: index % 4 != 3,
        };
        let order = |quantity| Order {
            status: ["open", "paid", "sent"][quantity as usize % 3].into(),
            quantity,
            price: 499,
            note: None,
        };
        Self {
            products: Shelf::new(names.into_iter().enumerate().map(product).collect(), 112),
            orders: Shelf::new((1..=5).map(order).collect(), 105),
            notes: Shelf::new(Vec::new(), 500),
            files: Shelf::new(vec![16, 64, 256], 103),
            emails: VecDeque::new(),
        }
    }

    /// Gives an address to someone, unless it belongs to someone else.
    pub(crate) fn claim(&mut self, email: &str) -> bool {
        if self.emails.iter().any(|known| known == email) {
            return false;
        }
        self.emails.push_back(email.to_owned());
        if self.emails.len() > 500 {
            self.emails.pop_front();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_shelf_makes_room_but_keeps_the_opening_day() {
        let mut shelf = Shelf::new(vec!["a", "b"], 3);
        assert_eq!([shelf.add("c"), shelf.add("d")], [3, 4]);
        assert_eq!(shelf.iter().map(|(_, thing)| *thing).collect::<String>(), "abd");
        assert_eq!(shelf.remove(4), Some("d"));
        assert_eq!(shelf.add("e"), 5);
    }

    #[test]
    fn an_address_belongs_to_one() {
        let mut shelves = Shelves::new();
        assert!(shelves.claim("a@b") && !shelves.claim("a@b") && shelves.claim("b@b"));
    }
}
