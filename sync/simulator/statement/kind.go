package statement

// Kind is what a line of a statement tells, as far as banks word it differently.
type Kind string

// The kinds of lines. A style words every one that its accounts can have.
const (
	Purchase       Kind = "purchase"  // a card, by signature
	Recurring      Kind = "recurring" // a card on file
	PIN            Kind = "pin"
	Refund         Kind = "refund" // a merchant gives money back to a card
	Debit          Kind = "debit"  // ACH
	Credit         Kind = "credit"
	BillPay        Kind = "billpay"
	ZelleOut       Kind = "zelle_out"
	ZelleIn        Kind = "zelle_in"
	WireOut        Kind = "wire_out"
	WireIn         Kind = "wire_in"
	Check          Kind = "check"
	ATM            Kind = "atm"
	CashDeposit    Kind = "cash_deposit"
	CheckDeposit   Kind = "check_deposit"
	Overdraft      Kind = "fee_overdraft"
	NSF            Kind = "fee_nsf"
	Maintenance    Kind = "fee_maintenance"
	ForeignFee     Kind = "fee_foreign"
	ATMFee         Kind = "fee_atm"
	LateFee        Kind = "fee_late"
	FeeReversal    Kind = "fee_reversal"
	InterestEarned Kind = "interest_earned"
	Interest       Kind = "interest_charged"
	TransferOut    Kind = "transfer_out" // to another account at the same bank
	TransferIn     Kind = "transfer_in"
	ExternalOut    Kind = "external_out" // to an account of the same person at another bank
	ExternalIn     Kind = "external_in"
	CardPaymentOut Kind = "card_payment_out" // to a card of the same bank
	CardPaymentIn  Kind = "card_payment_in"  // on the card
	ReturnedItem   Kind = "returned_item"
	ProtectionOut  Kind = "protection_out" // overdraft protection, from savings
	ProtectionIn   Kind = "protection_in"
)

var (
	cashKinds = []Kind{
		Purchase, Recurring, PIN, Refund, Debit, Credit, BillPay, ZelleOut, ZelleIn, WireOut, WireIn, Check, ATM,
		CashDeposit, CheckDeposit, Overdraft, NSF, Maintenance, ForeignFee, ATMFee, FeeReversal, InterestEarned,
		TransferOut, TransferIn, ExternalOut, ExternalIn, CardPaymentOut, ReturnedItem, ProtectionOut, ProtectionIn,
	}
	cardKinds = []Kind{
		Purchase, Recurring, Refund, CardPaymentIn, LateFee, ForeignFee, FeeReversal, Interest,
	}
)
