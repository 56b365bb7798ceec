// From a document of plans to the gate, and from its previews to JSON.
#include "plan_preview.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "sluice/journal/facts_json.hpp"
#include "sluice/journal/record_json.hpp"
#include "sluice/status/problem.hpp"

namespace sluice::actors {
namespace {

namespace json = boost::json;

json::value measure_value(const measure& m) {
  return std::holds_alternative<std::monostate>(m) ? json::value(nullptr)
                                                   : json::value(to_string(m));
}

json::object preview_object(const plan& p, const plan_preview& said) {
  json::array values;
  for (const auto& r : said.rules)
    values.push_back(json::object{{"code", to_string(r.code)},
                                  {"passes", r.passes},
                                  {"observed", measure_value(r.observed)},
                                  {"limit", measure_value(r.limit)}});
  const auto reason = said.outcome.reason();
  return {{"plan_id", p.id.str()},
          {"dry_run", true},
          {"verdict", to_string(said.outcome.kind)},
          {"reason", reason ? json::value(to_string(*reason)) : json::value(nullptr)},
          {"would_wait", said.would_wait},
          {"size", said.amount ? json::value(said.amount->str()) : json::value(nullptr)},
          {"rules", std::move(values)},
          {"facts", json::parse(journal::long_numbers_as_text(journal::to_json(said.seen)))}};
}

status::response too_many_plans(std::size_t count) {
  return status::problem_response(
      {400,
       "too_many_plans",
       {},
       fmt::format("a dry run may have at most {} plans; this one has {}", dry_run_plans_max,
                   count),
       {}});
}

status::response busy() {
  auto answer = status::problem_response(
      {429, "dry_run_under_way", {}, "another dry run is under way; there is one at a time", {}});
  answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

}  // namespace

void preview_desk::show(intake_actor::base* self, const gate_actor& gate, plan_document document,
                        const status::responder& answer) {
  if (document.plans.size() > dry_run_plans_max)
    return answer(too_many_plans(document.plans.size()));
  if (*under_way_)
    return answer(busy());
  *under_way_ = true;
  const auto plans = std::make_shared<const std::vector<plan>>(std::move(document.plans));
  self->request(gate, caf::infinite, preview_plans{plans})
      .then(
          [plans, answer, batch = document.batch,
           under_way = under_way_](const plans_previewed& said) {
            *under_way = false;
            json::array all;
            for (std::size_t i = 0; i < plans->size(); ++i)
              all.push_back(preview_object(plans->at(i), said.previews->at(i)));
            answer(
                status::json_response(batch ? json::serialize(all) : json::serialize(all.front())));
          },
          [answer, under_way = under_way_](const caf::error&) {
            *under_way = false;
            answer(status::problem_response(503, "the gate does not answer"));
          });
}

}  // namespace sluice::actors
