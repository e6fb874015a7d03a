"""What things cost, against their budgets: counted where it can be counted; times only beside a floor of the same run."""
