// Statements from what shops send live: `Consent Updated` events, and what visitors answered to banners, which comes
// with each event (banner.h).
//
// Invariants:
// 1. An event becomes one statement of a purpose at most, for ever.
// 2. The cursor is never ahead of what was heard: a start takes up from it, through crashes. What it hears again says
//    nothing new.
// 3. A browser's key is public: its no counts, its yes only for somebody whom nobody knows (banner.h, rule 3).
// 4. An imported past says nothing: it can be undone.
// 5. What a device says again costs a look in memory, no read and no row.
#pragma once
#include <memory>
#include <unordered_map>

#include "base/world.h"
#include "consent/banner.h"
#include "db/store.h"
#include "events/aliases.h"
#include "events/log.h"
#include "events/pace.h"

namespace cairn::consent {

class Listener {
 public:
  /// All of it must outlive the listener.
  Listener(World& world, db::Store& store, events::Log& log, const events::Aliases& aliases);
  /// Waits for what it is at.
  ~Listener();
  /// After Service::start().
  Result<void> start();

  /// What may be among some rows.
  enum class Holds {
    nothing,
    answers,  ///< A banner's, with other events: rows are looked through once a second, in a flood when it is over,
              ///< some minutes later at most.
    consent,  ///< A `Consent Updated`, or a change of a banner's answers: heard at once.
  };
  /// The rows of the log behind `after` and up to `to` are committed. Any thread, returns at once. Calls ascend.
  void hear(Seq after, Seq to, Holds holds);

 private:
  struct Found;
  struct Answer;
  struct Batch;
  void take(Seq after, Seq to, Holds holds);
  void pass(Seq to);
  void wait();
  void take_now(Seq to, bool keeps_cursor);
  Result<void> take_rows(Seq to, bool keeps_cursor);
  void look_at(const events::LogRow& row, const std::map<SourceId, bool>& sources, Batch& batch);
  bool is_consent(KindId kind);
  bool is_said_again(CustomerId customer, uint64_t device, std::string_view said);
  Result<void> write_batch(db::Transaction& tx, const Batch& batch, Seq cursor, const Categories& categories);
  Result<void> write_found(db::Transaction& tx, const Found& found);
  Result<void> write_answer(db::Transaction& tx, const Answer& answer, const Categories& categories);

  World& world_;
  db::Store& store_;
  events::Log& log_;
  const events::Aliases& aliases_;
  SourceId source_;
  std::string key_;
  // Of the queue's thread, once started.
  Seq cursor_, written_, heard_to_;
  bool is_caught_up_ = false, is_waiting_ = false;
  Duration waits_since_;
  events::Pace pace_;
  std::unordered_map<int64_t, bool> is_consent_;
  std::unordered_map<uint64_t, uint64_t> said_;  ///< By customer and device, a hash of what was said last.
  /// Last: it ends before what it uses. What it runs on its way out posts to it, so nobody takes it away before.
  std::unique_ptr<Queue> queue_;
};

/// What an event `Consent Updated` says; nothing when it says no purpose and state that we know.
std::optional<Statement> heard(const events::LogRow& row, std::string_view source, bool is_trusted);

}  // namespace cairn::consent
