// The Temporal UI keeps the columns of a list here, by namespace. Columns that a person has chosen stay.
const KEY = "namespace-workflow-table-columns";
const COLUMNS = ["Workflow ID", "PaymentStatus", "NeedsReview", "Status", "Start", "End"];

try {
  const chosen = JSON.parse(localStorage.getItem(KEY) ?? "{}");
  if (!chosen.default?.length) {
    chosen.default = COLUMNS.map((label) => ({ label }));
    localStorage.setItem(KEY, JSON.stringify(chosen));
  }
} finally {
  location.replace("/namespaces/default/workflows");
}
