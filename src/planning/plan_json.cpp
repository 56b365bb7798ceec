// A document of plans: all of them or the list of what is wrong.
#include "sluice/planning/plan_json.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "plan_fields.hpp"

namespace sluice {
namespace {

constexpr std::size_t faults_max = 100;

}  // namespace

void throw_exception_from_error(const std::vector<field_fault>& faults,
                                const boost::source_location&) {
  throw std::logic_error(fmt::format("a refused document was read: {} faults", faults.size()));
}

plan_document_result parse_plans(std::string_view text, const arrival& received,
                                 const intake_settings& settings) {
  auto raw = read_raw(text, settings.plans_per_request_max);
  if (!raw)
    return std::move(raw).error();
  plan_document document{.plans = {}, .batch = raw->batch, .late = {}};
  std::vector<field_fault> faults;
  if (raw->objects.empty())
    faults.push_back({"", "has no plan"});
  for (std::size_t i = 0; i < raw->objects.size() && faults.size() < faults_max; ++i) {
    auto p = plan_of(raw->objects[i], pointer_to_object(raw->batch, i), received, settings, faults,
                     document.late);
    if (p)
      document.plans.push_back(std::move(*p));
  }
  if (faults.empty())
    return document;
  if (faults.size() > faults_max)
    faults.resize(faults_max);
  return faults;
}

std::string plan_to_json(const plan& p) {
  return write_raw(fields_of(p));
}

}  // namespace sluice
