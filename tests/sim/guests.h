// People who may be erased: each has marks that nobody else has, and so has each of their events, so that any byte of
// them can be found on the disk.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/random.h"

namespace cairn::sim {

/// How many there are at a time; one who left for good gives way to the next.
inline constexpr int kGuests = 6;

/// What they are known by, all of it told by the number.
struct Guest {
  explicit Guest(int number);
  int number;
  std::string user, device, email, phone, name;
};

/// The message id of one of their events: a mark, too.
std::string guest_key(std::string_view maker, uint64_t number);

/// A good call of theirs, or one that is refused for a reason that nobody mends. `n`, `total` and `key` are in it.
struct GuestCall {
  int64_t n = 0;
  std::string key, total;  ///< `total`: as in JSON, `"total":7.50`.
  bool is_bad = false;
  std::string at;  ///< RFC 3339.
};
std::string call_of(const Guest& guest, const GuestCall& call, Random& random);
/// A line of a file to be imported, in the form of the preset `events`.
std::string line_of(const Guest& guest, const GuestCall& call);

/// Whose an event is, when it is a guest's.
struct OfGuest {
  int number = -1;
  std::string total;  ///< As in JSON; what stays of the row has it.
};

/// Marks in some bytes.
struct Marks {
  // Keys and numbers, with what stands around.
  std::map<std::string, std::string> events;
  std::map<int, std::string> guests;
};
void find_marks(std::string_view bytes, Marks& out);

}  // namespace cairn::sim
