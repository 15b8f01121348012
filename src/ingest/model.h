// What comes in from outside: sources and their write keys, deliveries, and what was refused of them.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "events/model.h"
#include "events/undeclared.h"
#include "json/describe.h"

namespace cairn::ingest {

/// What a source is, which says how far its word goes.
///  * `browser`: its key stands in public pages, so anyone can send with it. The client's address and user agent are
///    taken from the request.
///  * `server`: the shop's own programs, with a secret key.
///  * `webhook`: another system posts its own messages to us.
enum class SourceForm { browser, server, webhook };
BOOST_DESCRIBE_ENUM(SourceForm, browser, server, webhook)

/// One place that events come from. `id` and `name` are those of the log's source.
struct Source {
  SourceId id;
  std::string name;
  SourceForm form = SourceForm::browser;
  /// Only a trusted source's word may later join two customers who are known already.
  bool is_trusted = false;
  /// Where two sources tell of the same fact, the higher wins.
  int precedence = 100;
  Time created_at;
  bool is_closed = false;  ///< Its keys are refused.
};
BOOST_DESCRIBE_STRUCT(Source, (), (id, name, form, is_trusted, precedence, created_at, is_closed))

/// A write key without its text (but for a browser's, which is public anyway).
struct WriteKey {
  std::string id;  ///< 16 hex digits: names the key in lists and the audit.
  SourceId source;
  std::string text;  ///< Of a browser source; else empty: a secret is shown once.
  Time created_at;
  std::optional<Time> expires_at;  ///< After a rotation the old key goes on for a while.
  bool is_revoked = false;
};
BOOST_DESCRIBE_STRUCT(WriteKey, (), (id, source, text, created_at, expires_at, is_revoked))

/// One call that cannot become an event, whole, so that it can be looked at, mended and replayed.
struct RefusedCall {
  std::string kind;   ///< As far as it is known.
  std::string field;  ///< What is wrong: `event`, `userId`, `timestamp`.
  std::string reason;
  std::string body;  ///< The call by itself, as JSON: the batch's context merged in, `receivedAt` and `sentAt` set,
                     ///< and of a browser `receivedFrom` (its address and what it calls itself).
};

/// What one request brought for one source: taken whole, or not at all.
struct Delivery {
  SourceId source;
  Time received_at;
  std::string user_agent;
  std::string library;  ///< `analytics-node/2.1.0`; empty when it is not told.
  std::vector<events::NewEvent> events;
  std::vector<RefusedCall> refused;
  std::vector<events::NewName> names;  ///< That nothing knew when it was read; usually none.
  size_t bytes = 0;                    ///< Of memory that it takes, about.
  bool is_checked = false;             ///< events::check_event was asked of each event.
  bool is_trusted = false;             ///< The source's word may join two customers who are known already.
};

/// A stored column that can tell who a person is; erasing goes by this list and the other modules'.
struct PersonalColumn {
  std::string_view table;
  std::string_view column;
  std::string_view why;
};
inline constexpr std::array kPersonalColumns = {
    PersonalColumn{"refused_events", "body", "the call as it came, with whatever its sender wrote"},
    PersonalColumn{"refused_events", "kind", "the sender's words for what happened"},
    PersonalColumn{"refused_events", "reason", "may quote the value that is wrong"},
    PersonalColumn{"undeclared_properties", "example", "a value that a sender wrote"},
};

}  // namespace cairn::ingest
