// What an erasure did, for whoever asked for it: never with anything of theirs in it.
#pragma once
#include <string>

#include "i18n/language.h"
#include "rights/model.h"
#include "rights/service.h"

namespace cairn::rights {

struct ErasedView {
  std::string what;  ///< `events: Order Completed`, `identifiers`, `refused_events`, …
  int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(ErasedView, (), (what, count))

/// `request`: the number by which it is known; the rest as docs/reference/rights.md has it.
struct Certificate {
  RequestId request;
  std::string act, state, origin;
  CustomerId customer;
  Time asked_at;
  std::optional<Time> hidden_at, done_at;
  std::string finding;
  std::vector<ErasedView> erased;
  /// What stays, and why: rows of the log without the person, proofs of consent.
  json::Object kept;
  std::vector<std::string> duties;
  std::vector<Backup> backups;  ///< Made before it was done: they may hold what was erased, until they expire.
  bool is_on_postgres = false;  ///< The server's log and archives are its keeper's.
};
BOOST_DESCRIBE_STRUCT(Certificate, (),
                      (request, act, state, origin, customer, asked_at, hidden_at, done_at, finding, erased, kept,
                       duties, backups, is_on_postgres))

/// Error not_found.
Result<Certificate> certificate_of(Service& service, RequestId id);
/// To read, print and send.
std::string page_of(const Certificate& certificate, const Zone& zone, i18n::Language language);

}  // namespace cairn::rights
