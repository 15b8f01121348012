// What the clients sent and what they were told: all that the log may and must hold is known from here.
//
// Every event sent carries a number of its own in its properties, its marker. Events with one source and key are one
// fact, whatever their markers: the first that comes stands for all.
//
// Invariants that are checked (the numbers are in the findings):
// 1. What was acknowledged is in the log, and stays there.
// 2. Nothing is in it twice by (source, key); what has no key at most as often as it was sent.
// 3. What is bad, or was never sent, is not in it.
// 4. seq grows, by one until the first undo; none is given twice, also not after a crash or an undo.
// 5. What a reader has seen stays as it was seen, through every crash.
// 6. Every row's customer is stored and has an identifier of it; no identifier and no customer is stored without a row;
//    before the first undo whose event it is, and who is merged, follows the stated rule, step by step (people.h).
// 7. An import that ended is there whole, marked as past; one that was undone has left nothing.
// 8. What one request brought is there whole or not at all.
// 9. A bad call that was acknowledged waits in the refused list, once, or was replayed, once, or dropped.
// 10. The timeline, whatever way it came, is what one that is made from the log at once would be (timelines.h).
// 11. An erasure that was acknowledged stands, and comes to its end by itself. From its answer on nobody is found by
//     the ids that were theirs, and no row comes under them. Their rows stay with what counts (kind, times, source,
//     total) and without anything of theirs, once each, as 1, 2 and 8 have it. When it is done none of their marks
//     is in any byte of a file. Who comes behind it is somebody else.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "events/model.h"
#include "sim/erasures.h"
#include "sim/guests.h"
#include "sim/snapshot.h"

namespace cairn::sim {

class Model {
 public:
  Model();
  using Marker = int64_t;
  /// What an import's rows must be.
  enum class Import { may_be_there, must_be_there, may_be_gone, must_be_gone };

  /// A new event; with the (source, key) of an earlier one it tells of the same fact. `key` empty: a fact of its own.
  Marker add_event(const std::string& source, const std::string& key, bool is_bad, const OfGuest& guest = {});
  int add_import(const std::string& path);
  /// A row of that import.
  Marker add_row(int import, const std::string& source, const std::string& key, bool is_bad, const OfGuest& guest = {});
  /// It begins to write, or to write again.
  void import_runs(int import);

  /// One of those who come at the moment.
  Guest guest(Random& random) const { return Guest(guests_[random.below(kGuests)]); }
  /// They come no more; another takes their place.
  void leaves(const Guest& guest);
  /// What an erased row has for a key that it had, by the source's number.
  using ErasedKey = std::function<std::string(int64_t source, std::string_view key)>;
  void set_erased_key(ErasedKey erased_key) { erased_key_ = std::move(erased_key); }
  void erasure_begins() { erasures_.begins(); }
  void erasure_acknowledged(const Guest& guest, int64_t request, const std::vector<CustomerId>& ids, int64_t last);
  Erasures& erasures() { return erasures_; }
  /// What is on the disk, by where. REQUIRES: all erasures are done.
  void check_marks(const std::map<std::string, Marks>& found);

  /// What one request brought first: it is in the log as a whole or not at all.
  void add_request(std::vector<Marker> markers) { requests_.push_back(std::move(markers)); }

  void sent(Marker marker) { ++event(marker).sent; }
  /// The answer reached the client.
  void acknowledged(Marker marker);
  /// From now on bad calls may have been mended and replayed, or dropped.
  void replay_begins() { any_replay_ = true; }
  void drop_begins() { any_drop_ = true; }
  void set_import(int import, Import state);

  /// A row that a reader sees, newer than all before.
  void see(const events::LogRow& row, std::string_view source, std::string_view kind);
  int64_t last_seen() const { return last_seen_; }
  /// What was acknowledged since the last call must have been seen by now.
  void check_lately();
  void check_all(const Snapshot& snapshot);

  void find(std::string text) { findings_.push_back(std::move(text)); }
  const std::vector<std::string>& findings() const { return findings_; }
  uint64_t count_acknowledged() const { return acknowledged_; }
  uint64_t rows_seen() const { return rows_seen_; }

 private:
  struct Fact {
    std::string source, key;
    bool is_acknowledged = false;
    int64_t stored = 0;  ///< The row in which a reader saw it.
    int import = -1;
    Marker first = 0;
  };
  struct Event {
    size_t fact = 0;
    bool is_bad = false;
    int sent = 0, acknowledged = 0, stored = 0;
    OfGuest guest = {};
    bool must_go = false;  ///< A bad one whose guest was asked for behind it.
  };
  struct Seen {
    Marker marker;
    uint64_t hash;
    uint64_t lasting;  ///< Of what an erasure leaves.
    int64_t customer;
    bool is_erased;
  };
  struct ImportState {
    std::string path;
    Import state = Import::may_be_there;
    std::vector<Marker> rows;
  };
  Event& event(Marker marker) { return events_[static_cast<size_t>(marker)]; }
  void see_row(const StoredRow& row);
  void check_row(const StoredRow& row, Marker marker);
  void check_erased(const StoredRow& row, Marker marker);
  static Seen seen_as(const StoredRow& row, Marker marker);
  void check_changed(const StoredRow& row, Seen& seen);
  bool may_be_cut(const StoredRow& row, const Seen& seen, const Seen& now) const;
  Marker marker_of_erased(const StoredRow& row) const;
  bool is_without_a_person(const StoredRow& row) const;
  bool is_out(Marker marker) const;
  /// What names a guest goes from the refused list until their erasure is done, also when it came behind it.
  bool may_be_forgotten(const Event& sent) const { return sent.guest.number >= 0 && erasures_.any(); }
  void check_seen(const Snapshot& snapshot);
  void forget(int64_t seq, const Seen& seen);
  void check_acknowledged(Marker marker);
  void check_facts();
  void check_refused(const Snapshot& snapshot);
  void check_requests();
  void check_imports();
  void check_people(const Snapshot& snapshot);
  void check_hidden(const Snapshot& snapshot);
  void check_undone(const Snapshot& snapshot, const std::set<std::string>& named, const std::set<int64_t>& owners);

  std::vector<Fact> facts_;
  std::map<std::pair<std::string, std::string>, size_t> by_key_;
  std::vector<Event> events_;
  std::vector<std::vector<Marker>> requests_;
  std::vector<Marker> lately_;
  std::map<int64_t, Seen> seen_;
  std::vector<int> guests_;
  std::set<int> asked_for_;  ///< Guests with an erasure that was acknowledged.
  Erasures erasures_;
  ErasedKey erased_key_;
  std::vector<ImportState> imports_;
  int64_t last_seen_ = 0;
  bool any_undo_ = false, any_replay_ = false, any_drop_ = false;
  uint64_t acknowledged_ = 0, rows_seen_ = 0;
  std::vector<std::string> findings_;
};

}  // namespace cairn::sim
