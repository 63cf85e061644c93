//! Open streams of every kind while roles, memberships, rooms, the door, accounts and tokens change at random: each event
//! that is delivered was permitted at its delivery, no permitted event is missed, and what was revoked ends at once.

mod changes;
mod listener;
mod world;

use self::{listener::Listener, world::World};
use proptest::{collection::vec, prelude::*, test_runner::Config};

/// Something that happens in a room, by the owner, who is a member of all rooms.
#[derive(Clone, Debug)]
enum Talk {
    Post,
    /// In the thread of the last message.
    Reply,
    Edit,
    React,
    Custom,
    Type,
}

/// A change of somebody's rights. Numbers choose among what is there.
#[derive(Clone, Debug)]
enum Move {
    Role(usize, usize),
    Disable(usize),
    Enable(usize),
    Ban(usize),
    Add(usize, usize),
    Remove(usize, usize),
    Close(usize),
    Delete(usize),
    Create {
        is_closed: bool,
    },
    Door {
        is_open: bool,
    },
    RevokeToken(usize),
    CreateToken(usize),
    SignOut(usize),
    /// Somebody posts, which joins an open room.
    Say(usize, usize),
}

#[derive(Clone, Debug)]
struct Round {
    moved: Move,
    talk: Vec<(Talk, usize)>,
}

fn round() -> impl Strategy<Value = Round> {
    let who = 0..100_usize;
    let room = 0..100_usize;
    let both = || (0..100_usize, 0..100_usize);
    let moved = prop_oneof![
        5 => both().prop_map(|(who, role)| Move::Role(who, role)),
        2 => who.clone().prop_map(Move::Disable),
        3 => who.clone().prop_map(Move::Enable),
        1 => who.clone().prop_map(Move::Ban),
        5 => both().prop_map(|(who, room)| Move::Add(who, room)),
        5 => both().prop_map(|(who, room)| Move::Remove(who, room)),
        2 => room.clone().prop_map(Move::Close),
        1 => room.prop_map(Move::Delete),
        2 => any::<bool>().prop_map(|is_closed| Move::Create { is_closed }),
        2 => any::<bool>().prop_map(|is_open| Move::Door { is_open }),
        2 => who.clone().prop_map(Move::RevokeToken),
        2 => who.clone().prop_map(Move::CreateToken),
        1 => who.prop_map(Move::SignOut),
        2 => both().prop_map(|(who, room)| Move::Say(who, room)),
    ];
    let talk = prop_oneof![
        4 => Just(Talk::Post),
        2 => Just(Talk::Reply),
        1 => Just(Talk::Edit),
        1 => Just(Talk::React),
        1 => Just(Talk::Custom),
        1 => Just(Talk::Type),
    ];
    let talk = vec((talk, 0..100_usize), 2..7);
    (moved, talk).prop_map(|(moved, talk)| Round { moved, talk })
}

async fn play(rounds: &[Round]) {
    let mut world = World::start().await;
    let mut listeners = Listener::all(&world);
    for listener in &mut listeners {
        listener.reopen(&world).await;
    }
    for (number, round) in rounds.iter().enumerate() {
        let head = world.head().await;
        let moves = world.make(&round.moved).await;
        for listener in &mut listeners {
            let step = format!("round {number}, {:?}, {}", round.moved, listener.name());
            listener.follow(&world, &moves, &step).await;
        }
        let told = world.talk(&round.talk).await;
        for listener in &mut listeners {
            let step = format!("round {number}, {:?}, {}", round.moved, listener.name());
            listener.hear(&world, &told, &step).await;
        }
        let one = &listeners[number % listeners.len()];
        one.check_replay(
            &world,
            head,
            &told,
            &format!("round {number}, {}", one.name()),
        )
        .await;
        world.check_pages(number).await;
    }
    world.chat.stop().await;
    for listener in &mut listeners {
        listener.end().await;
    }
}

#[test]
fn every_event_delivered_was_permitted_and_none_permitted_is_missed_while_rights_change_at_random()
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let config = Config {
        cases: 10,
        failure_persistence: None,
        max_shrink_iters: 30,
        ..Config::default()
    };
    proptest!(config, |(rounds in vec(round(), 8..20))| {
        runtime.block_on(play(&rounds));
    });
}
