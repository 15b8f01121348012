// The addresses of live ingestion.
#pragma once
#include <vector>

#include "http/route.h"
#include "ingest/service.h"

namespace cairn::ingest {

/// What Segment's SDKs call; add them with segment_error as their form of errors. `service` must outlive them.
std::vector<http::Route> segment_routes(Service& service);
/// Sources and their keys, for the back office.
std::vector<http::Route> source_routes(Service& service);

}  // namespace cairn::ingest
