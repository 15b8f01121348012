// One person as a request finds them. Inside this folder only.
#pragma once
#include "profile/service.h"

namespace cairn::profile {

struct Service::At {
  std::shared_ptr<const timeline::Version> version;
  timeline::Place place;  ///< Touched.
  CustomerId root;
  std::vector<CustomerId> ids;
  Time now;
};

}  // namespace cairn::profile
