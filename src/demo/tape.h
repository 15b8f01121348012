// What some customers did, written down as it is thought up: small records beside one long text of properties, turned
// into events only when they are appended, so that millions fit in memory.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "events/model.h"

namespace cairn::demo {

/// Who sends events, in the order in which a slice of time is appended: what makes somebody known comes first.
enum class Source : uint8_t { web, till, shop, helpdesk, survey, email, consent };
inline constexpr size_t kSources = 7;
/// `web`, `store till`, `shop backend`, `helpdesk`, `survey`, `email`, `consent`.
std::string_view source_name(Source source);

/// Which identifiers an event carries, as bits.
enum Carries : uint8_t { kUserId = 1, kEmail = 2, kCard = 4, kDevice = 8 };

struct Record {
  Time at;
  std::string_view kind;  ///< Of static storage.
  uint32_t customer = 0;  ///< Whose event it is.
  uint32_t teller = 0;    ///< Whose life told it; with `number` the event's key.
  uint32_t number = 0;
  uint32_t begin = 0, size = 0;  ///< The properties in the tape's text.
  Source source = Source::web;
  uint8_t carries = 0;
  uint8_t device = 0;  ///< Which one, when it carries kDevice.
};

/// A line of an order.
struct Line {
  uint8_t product = 0;  ///< In products().
  uint8_t quantity = 1;
};

class Tape;

/// One event in the writing: properties in order, put on the tape when it goes out of scope. Texts are ours and need no
/// escaping: without quotes, backslashes and control characters. REQUIRES: one note of a tape at a time.
class Note {
 public:
  Note(Tape& tape, Record record);
  Note(Note&& other) noexcept : tape_(other.tape_), record_(other.record_) { other.is_moved_ = true; }
  ~Note();
  Note(const Note&) = delete;
  Note& text(std::string_view key, std::string_view value);
  Note& whole(std::string_view key, int64_t value);
  Note& flag(std::string_view key, bool value);
  /// Major units with two digits.
  Note& money(std::string_view key, int64_t minor);
  /// Texts.
  Note& list(std::string_view key, std::span<const std::string_view> values);
  /// `2025-03-04`: a day on the brand's calendar.
  Note& day(std::string_view key, Day value);
  /// `products`, with name, category, price and quantity of each.
  Note& products(const std::vector<Line>& lines);
  /// product_id, name, category, price of one.
  Note& product(size_t product);

 private:
  void key(std::string_view key);
  Tape& tape_;
  Record record_;
  bool is_moved_ = false;
};

/// Not safe from two threads.
class Tape {
 public:
  /// Only what happens in [begin, end) is kept.
  Tape(Time begin, Time end) : begin_(begin), end_(end) {}
  /// Puts the records in order of (at, customer, teller, number) and gives back spare memory. When all is told.
  void finish();
  const std::vector<Record>& records() const { return records_; }
  std::string_view properties(const Record& record) const {
    return std::string_view(text_).substr(record.begin, record.size);
  }

 private:
  friend class Note;
  Time begin_, end_;
  std::vector<Record> records_;
  std::string text_;
};

/// Names and identifiers of a customer, all from the number: nobody keeps a table of them.
struct Who {
  std::string_view first_name, last_name, city;
  std::string user_id, email, card;
};
/// The two of the story have names of their own: kAmelie and kCamille.
Who who(uint32_t customer);
std::string user_id_of(uint32_t customer);
inline constexpr uint32_t kAmelie = 0xFFFF'FFFE;
inline constexpr uint32_t kCamille = 0xFFFF'FFFF;

/// The record as an event.
events::NewEvent to_event(const Tape& tape, const Record& record);

}  // namespace cairn::demo
