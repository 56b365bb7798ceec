// From a document of plans to the gate, and from its previews to JSON.
#include "plan_preview.hpp"

#include <boost/json.hpp>

#include "sluice/journal/facts_json.hpp"
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
          {"facts", json::parse(journal::to_json(said.seen))}};
}

}  // namespace

void preview_for(intake_actor::base* self, const gate_actor& gate, plan_document document,
                 const status::responder& answer) {
  const auto plans = std::make_shared<const std::vector<plan>>(std::move(document.plans));
  self->request(gate, caf::infinite, preview_plans{plans})
      .then(
          [plans, answer, batch = document.batch](const plans_previewed& said) {
            json::array all;
            for (std::size_t i = 0; i < plans->size(); ++i)
              all.push_back(preview_object(plans->at(i), said.previews->at(i)));
            answer(
                status::json_response(batch ? json::serialize(all) : json::serialize(all.front())));
          },
          [answer](const caf::error&) {
            answer(status::problem_response(503, "the gate does not answer"));
          });
}

}  // namespace sluice::actors
