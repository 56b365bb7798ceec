// The workload of every stage as gauges.
#pragma once

#include "sluice/actors/workload.hpp"
#include "sluice/status/metrics.hpp"

namespace sluice::actors {

void show_in(status::metrics& metrics, const workloads& all, workload::moment now);

}  // namespace sluice::actors
